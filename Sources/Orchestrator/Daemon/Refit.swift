import Foundation
import Logging
import Registry
import ScalingLaws
import ServiceLifecycle
import Synchronization
import Wire

/// Fits the laws of every study whose runs have changed, each time a run finishes.
///
/// Woken by a signal, driven by the registry's state. A law is recorded once for each set of runs, so
/// a fit that was made before changes nothing.
final class Refit: Service {
  /// Resamples behind each interval.
  static let bootstraps = 1000
  /// The bootstrap's seed; with it the same runs give the same intervals.
  static let seed: UInt64 = 2507_17702

  private let registry: Registry
  private let clock: WallClock
  private let finished: Signal
  private let log: Logger
  /// The digest of the runs that each study was last fitted to.
  private let fitted = Mutex<[String: String]>([:])

  /// `finished` is raised when a run has finished.
  init(registry: Registry, clock: WallClock, finished: Signal, log: Logger) {
    self.registry = registry
    self.clock = clock
    self.finished = finished
    self.log = log
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let seen = await self.finished.count
        await self.refitAll()
        await self.finished.wait(after: seen, limit: .seconds(60))
      }
    }
  }

  private func refitAll() async {
    do {
      for study in Set(try await registry.status().studies.map(\.study)) {
        try await refit(study)
      }
    } catch {
      log.error("cannot refit", metadata: ["error": "\(error)"])
    }
  }

  /// Fits one study, unless its runs are those of the last fit or too few to say anything.
  func refit(_ study: String) async throws {
    let runs = try await registry.finishedRuns(study: study).compactMap(ObservedRun.init)
    let digest = try Self.digest(of: runs)
    guard fitted.withLock({ $0[study] }) != digest else { return }
    let analysis: LeverageAnalysis
    do {
      analysis = try await Self.fit(runs)
    } catch {
      log.debug("no law yet", metadata: ["study": "\(study)", "reason": "\(error)"])
      return
    }
    for law in analysis.newLaws(study: study, input: digest) {
      _ = try await registry.record(law, now: clock.now())
    }
    fitted.withLock { $0[study] = digest }
  }

  /// The fit, off the threads that serve requests.
  private static func fit(_ runs: [ObservedRun]) async throws(ScalingLawsError) -> LeverageAnalysis
  {
    let result = await withCheckedContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(
          returning: Result { () throws(ScalingLawsError) in
            try LeverageAnalysis.fit(runs: runs, seed: seed, bootstraps: bootstraps)
          })
      }
    }
    return try result.get()
  }

  /// The name of an input: what was observed and how it is fitted.
  private static func digest(of runs: [ObservedRun]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let options = LeverageOptions()
    return SHA256.hex(
      of: try encoder.encode(runs.sorted { $0.id < $1.id }) + encoder.encode(options)
        + Data("\(bootstraps) \(seed)".utf8))
  }
}

import Foundation
import Logging
import Registry
import ScalingLaws
import ServiceLifecycle
import Synchronization
import Wire

/// Fits the laws of every study whose runs have changed, each time a run ends, and settles the grids
/// whose runs have all ended.
///
/// Woken by a signal, driven by the registry's state: one fit is in flight at a time, and whatever
/// happens meanwhile is in the next one. A law is recorded once for each set of runs, so a fit that
/// was made before changes nothing.
final class Refit: Service {
  /// Resamples behind each interval, once nothing of a study is left to train. Until then laws are
  /// point estimates.
  static let bootstraps = 1000
  /// The bootstrap's seed; with it the same runs give the same intervals.
  static let seed: UInt64 = 2507_17702

  private let registry: Registry
  private let clock: WallClock
  private let signals: Signals
  private let settler: StageSettler
  private let durations: Durations
  private let log: Logger
  /// The digest of the runs that each study was last fitted to.
  private let fitted = Mutex<[String: String]>([:])

  /// What it waits for, and what it raises.
  struct Signals: Sendable {
    /// Raised when a run has ended or a grid was submitted.
    var finished: Signal
    /// Raised here when a grid was given its runs.
    var queue: Signal
  }

  init(
    registry: Registry, clock: WallClock, signals: Signals, data: URL, durations: Durations,
    log: Logger
  ) {
    self.registry = registry
    self.clock = clock
    self.signals = signals
    settler = StageSettler(registry: registry, clock: clock, data: data, log: log)
    self.durations = durations
    self.log = log
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let seen = await self.signals.finished.count
        await self.refitAll()
        await self.signals.finished.wait(after: seen, limit: .seconds(60))
      }
    }
  }

  private func refitAll() async {
    do {
      let grids = try await registry.status().studies
      for (study, grids) in Dictionary(grouping: grids, by: \.study) {
        try await refit(study, isComplete: grids.allSatisfy { $0.ended == $0.total })
      }
      try await settleStages()
    } catch is CancellationError {
      // The daemon is leaving; the next one fits what is left.
    } catch {
      log.error("cannot refit", metadata: ["error": "\(error)"])
    }
  }

  /// Settles the grids that have ended and hands out the runs of those that waited for them.
  func settleStages() async throws {
    if try await settler.settle() { await signals.queue.raise() }
  }

  /// Fits one study, unless its runs are those of the last fit or too few to say anything.
  /// Intervals are made when the study is complete.
  func refit(_ study: String, isComplete: Bool) async throws {
    let runs = try await registry.finishedRuns(study: study).compactMap(ObservedRun.init)
    let bootstraps = isComplete ? Self.bootstraps : 0
    let digest = try Self.digest(of: runs, bootstraps: bootstraps)
    guard fitted.withLock({ $0[study] }) != digest else { return }
    let analysis: LeverageAnalysis
    let started = ContinuousClock.now
    do {
      analysis = try await offRequestPath {
        try LeverageAnalysis.fit(runs: runs, seed: Self.seed, bootstraps: bootstraps)
      }
      durations.record(ContinuousClock.now - started)
    } catch let error as ScalingLawsError {
      log.debug("no law yet", metadata: ["study": "\(study)", "reason": "\(error)"])
      return
    }
    for (law, leverage) in analysis.submissions(study: study, input: digest) {
      _ = try await registry.record(law, leverage: leverage, now: clock.now())
    }
    fitted.withLock { $0[study] = digest }
  }

  /// The name of an input: what was observed and how it is fitted.
  private static func digest(of runs: [ObservedRun], bootstraps: Int) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let options = LeverageOptions()
    return SHA256.hex(
      of: try encoder.encode(runs.sorted { $0.id < $1.id }) + encoder.encode(options)
        + Data("\(bootstraps) \(seed)".utf8))
  }
}

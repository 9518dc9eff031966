import Experiment
import Foundation
import Wire

@testable import Registry

/// The folder that this package is in.
enum Checkout {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}

/// A fresh registry in a folder of its own, one worker, and short words for what happens to a run.
final class Ledger {
  let folder: URL
  private(set) var registry: Registry
  static let worker = "w"
  static let lease = Duration.seconds(30)
  /// Time goes on by a second with each call that writes.
  private(set) var now: Int64 = 1_000_000
  private var wishes = 0

  init() async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    registry = try Registry.open(folder.appending(path: "registry.db").path)
    try await register()
  }

  deinit {
    try? registry.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// As a daemon that starts again does.
  func reopen() throws {
    try registry.close()
    registry = try Registry.open(path)
  }

  var path: String { folder.appending(path: "registry.db").path }

  func tick(_ milliseconds: Int64 = 1000) -> Int64 {
    now += milliseconds
    return now
  }

  /// The worker introduces itself, or comes back.
  func register() async throws { try await register(Self.worker) }

  /// Another worker does, on the same host unless that is said.
  func register(
    _ id: String = Ledger.worker, host: String = "here", slots: Int = 8,
    offer: WorkerOffer = .init(), folder: RunFolder? = nil
  ) async throws {
    try await registry.register(
      WorkerRegistration(
        id: id, host: host, pid: 1, slots: slots, version: "0", offer: offer, folder: folder),
      now: now)
  }

  static func spec(seed: UInt64) -> RunSpec {
    RunSpec(
      trainer: "native",
      architecture: Architecture(
        layers: 2, dModel: 16, heads: 2, kvHeads: 1, dFFN: 0, dExpert: 8, experts: 8, topK: 2,
        sharedExperts: 1, denseLayers: 0, vocab: 512, seqLen: 32),
      router: .init(), initialisation: .fanIn, optimiser: .init(learningRate: 0.01),
      schedule: .init(), batchSequences: 4, steps: 100, corpus: .init(name: "c", sha256: "0"),
      evaluation: .init(), seed: seed)
  }

  static func run(seed: UInt64, family: String = "moe") -> NewRun {
    NewRun(
      spec: spec(seed: seed),
      derived: .init(
        parameters: 100, activeParameters: 50, flopsPerToken: 300, forwardFLOPsWithLogits: 150,
        activationRatio: 0.25, granularity: 4, sharedRatio: 1.0 / 3, denseRatio: 0,
        attentionShare: 0.4), family: family, budget: 3e6,
      point: [.init(axis: "A", value: "1/4")], flopsError: 0, flags: [])
  }

  /// Submits a grid of runs with these seeds; their numbers.
  @discardableResult
  func submit(
    _ seeds: [UInt64], grid: String = "g", study: String = "s", _ scheduling: Scheduling = .init()
  ) async throws -> SubmittedGrid {
    var new = Self.grid(
      grid, study: study, source: "{\"grid\":\"\(grid)\",\"seeds\":\"\(seeds)\"}",
      runs: seeds.map { Self.run(seed: $0) })
    new.scheduling = scheduling
    return try await submit(new)
  }

  /// Submits one grid.
  func submit(_ grid: NewGrid) async throws -> SubmittedGrid {
    try await registry.submit([grid], now: tick())[0]
  }

  static func grid(
    _ name: String, study: String = "s", source: String, fits: [String] = [], runs: [NewRun]
  ) -> NewGrid {
    NewGrid(
      study: study, name: name, source: source, text: "text", fits: fits,
      content: .runs(Expansion(settings: "{}", runs: runs)))
  }

  func leaseNext(worker: String = Ledger.worker) async throws -> Lease? {
    wishes += 1
    return try await registry.lease(
      LeaseRequest(worker: worker, request: "\(worker)/\(wishes)"), now: tick(),
      leaseDuration: Self.lease)
  }

  func report(
    _ run: Int64, epoch: Int, sequence: Int = 1, _ events: [TrainerEvent] = []
  ) async throws -> ReportReply.Directive {
    try await registry.report(
      Report(run: run, epoch: epoch, sequence: sequence, events: events), now: tick(),
      leaseDuration: Self.lease)
  }

  @discardableResult
  func end(
    _ run: Int64, epoch: Int, sequence: Int = 1, _ outcome: Outcome, retries: Int = 2,
    next: LeaseRequest? = nil
  ) async throws -> Lease? {
    try await registry.outcome(
      OutcomeReport(
        report: Report(run: run, epoch: epoch, sequence: sequence, events: []), outcome: outcome,
        next: next), now: tick(), leaseDuration: Self.lease, retryLimit: retries)
  }

  func state(_ run: Int64) async throws -> String {
    try await rows("SELECT state FROM run WHERE id = \(run)")[0][0]
  }

  func rows(_ query: String) async throws -> [[String]] {
    try await registry.query(query, rowLimit: 100_000, timeLimit: .seconds(60)).rows
      .map { $0.map(\.description) }
  }

  static let finished = Outcome.finished(
    .init(loss: 4, validationLoss: 4.1, tokens: 12_800, flops: 3e6, seconds: 2))
  static let diverged = Outcome.diverged(.init(step: 3, reason: "not a number"))
  static let failed = failed(.code)
  static func failed(_ kind: FailureClass) -> Outcome {
    .failed(.init(kind: kind, message: "exit 1"))
  }
  static let released = Outcome.released(reason: "leaving")
}

/// SplitMix64: one seed, one history.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

import Experiment
import Foundation
import Registry
import Testing
import Wire

@testable import Orchestrator

@Suite("What ended runs have left is found and deleted, and nothing else")
struct RetentionTests {
  /// A data folder: run 1 has finished, run 2 is leased, run 3 is queued again after an attempt.
  private final class Shed {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "shed-\(UUID().uuidString)")
    let registry: Registry
    static let now: Int64 = 1_700_000_000_000
    static let day: Int64 = 86_400_000

    init() async throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      registry = try Registry.open(folder.appending(path: "registry.db").path)
      let planner = Laboratory.grid
      let laboratory = try Laboratory()
      let plan = try Planner(data: laboratory.folder, fitted: []).plan(planner, file: "grid.yaml")
      _ = try await registry.submit(plan.newGrids(text: planner), now: Self.now)
      try await registry.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 2, version: "0"), now: Self.now)
      try await attempt("1", outcome: .finished(.init(loss: 4, tokens: 1, flops: 1, seconds: 1)))
      try await attempt("2", outcome: nil)
      try await attempt("3", outcome: .released(reason: "leaving"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func attempt(_ wish: String, outcome: Outcome?) async throws {
      let lease = try #require(
        try await registry.lease(
          LeaseRequest(worker: "w", request: wish), now: Self.now, leaseDuration: .seconds(30)))
      let run = "runs/\(lease.run)/1"
      try write("\(run)/spec.json", lease.spec.canonical)
      try write("\(run)/trainer.log", "words")
      try write("\(run)/checkpoints/20/weights.safetensors", String(repeating: "w", count: 1000))
      try write("\(run)/final.safetensors", "model")
      try write("\(run)/spool.jsonl", "")
      guard let outcome else { return }
      let report = Report(run: lease.run, epoch: 1, sequence: 1, events: [])
      _ = try await registry.outcome(
        OutcomeReport(report: report, outcome: outcome, next: nil), now: Self.now,
        leaseDuration: .seconds(30))
    }

    func write(_ path: String, _ text: String) throws {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }

    func exists(_ path: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: path).path)
    }

    func retention(_ limits: [Artefact.Kind: Duration]) -> Retention {
      Retention(data: folder, registry: registry, limits: RetentionLimits(limits: limits))
    }
  }

  private static let all = Dictionary(
    uniqueKeysWithValues: Artefact.Kind.allCases.map { ($0, Duration.zero) })

  @Test("logs, checkpoints and weights of the run that has ended, by their age")
  func ages() async throws {
    let shed = try await Shed()
    let run = try #require(try await shed.registry.runs(RunFilter(state: .finished)).first).id
    let retention = shed.retention([.log: .seconds(86_400), .checkpoints: .zero])
    let young = try await retention.expired(now: Shed.now + 1)
    #expect(young.map(\.path) == ["runs/\(run)/1/checkpoints"])
    #expect(young[0].bytes == 1000 && young[0].run == run)
    let old = try await retention.expired(now: Shed.now + Shed.day)
    #expect(old.map(\.kind.rawValue).sorted() == ["checkpoints", "log"])
    #expect(try await retention.delete(old) == old)
    #expect(!shed.exists("runs/\(run)/1/checkpoints") && !shed.exists("runs/\(run)/1/trainer.log"))
    #expect(shed.exists("runs/\(run)/1/final.safetensors"))
    #expect(shed.exists("runs/\(run)/1/spec.json"))
    #expect(try await retention.expired(now: Shed.now + Shed.day).isEmpty)
  }

  @Test("nothing of a queued or leased run, even without any limit to its age")
  func live() async throws {
    let shed = try await Shed()
    let expired = try await shed.retention(Self.all).expired(now: Shed.now + Shed.day)
    let ended = try await shed.registry.runs(RunFilter(state: .finished)).map(\.id)
    #expect(Set(expired.compactMap(\.run)) == Set(ended))
    #expect(expired.count == 3)
    // One that a person puts back into the queue between the look and the deletion stays.
    let wrong = Artefact(
      kind: .checkpoints, path: "runs/2/1/checkpoints", bytes: 1, run: 2, since: 0)
    #expect(try await shed.retention(Self.all).delete([wrong]).isEmpty)
    #expect(shed.exists("runs/2/1/checkpoints"))
  }

  @Test("a folder of another registry's run, of an epoch that never was, and of no run")
  func orphans() async throws {
    let shed = try await Shed()
    try shed.write("runs/1/9/spec.json", "{}")
    try shed.write("runs/2/1/spec.json", "another spec")
    try shed.write("runs/777/1/trainer.log", "words")
    try shed.write("runs/notes.txt", "mine")
    try FileManager.default.createSymbolicLink(
      at: shed.folder.appending(path: "runs/888"), withDestinationURL: shed.folder)
    let now = WallClock.system.now() + 1000
    let expired = try await shed.retention([.orphan: .zero]).expired(now: now)
    #expect(expired.map(\.path).sorted() == ["runs/1/9", "runs/2/1", "runs/777/1"])
    _ = try await shed.retention([.orphan: .zero]).delete(expired)
    #expect(!shed.exists("runs/777") && shed.exists("runs/1/1") && shed.exists("runs/notes.txt"))
    #expect(shed.exists("registry.db"))
  }

  @Test("a corpus whose preparation was interrupted, unless it goes on")
  func corpora() async throws {
    let shed = try await Shed()
    try shed.write("corpora/words/manifest.json", "{}")
    try shed.write("corpora/.words.work/assembly/train_000.bin", "tokens")
    let retention = shed.retention([.corpus: .zero])
    let expired = try await retention.expired(now: WallClock.system.now() + 1000)
    #expect(expired.map(\.path) == ["corpora/.words.work"])
    let lock = open(
      shed.folder.appending(path: "corpora/.words.lock").path, O_RDWR | O_CREAT, 0o644)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(try await retention.delete(expired).isEmpty)
    close(lock)
    #expect(try await retention.delete(expired) == expired)
    #expect(shed.exists("corpora/words/manifest.json"))
  }
}

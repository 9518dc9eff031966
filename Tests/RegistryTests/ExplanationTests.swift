import Experiment
import Foundation
import Testing
import Wire

@testable import Registry

@Suite("Why a run is not running is said with its facts")
struct ExplanationTests {
  private func reasons(_ ledger: Ledger, _ run: Int64 = 1) async throws -> [Reason] {
    let explanation = try await ledger.registry.explanation(run: run, now: ledger.now)
    // What is said travels.
    let data = try JSONEncoder().encode(explanation)
    #expect(try JSONDecoder().decode(Explanation.self, from: data) == explanation)
    return explanation.reasons
  }

  @Test("what stands in its way is named, all of it")
  func policy() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3], Scheduling(notBefore: ledger.now + 500_000))
    let registry = ledger.registry
    _ = try await registry.pause(study: "s", true, now: ledger.tick())
    _ = try await registry.pause(grid: 1, true, now: ledger.tick())
    _ = try await registry.change(
      study: "s", .init(maxConcurrent: .at(0), budgetFLOPs: .at(0), budgetGPUHours: .at(0)),
      now: ledger.tick())
    #expect(
      try await reasons(ledger) == [
        .studyPaused(study: "s"), .gridPaused(grid: "g"),
        .concurrency(study: "s", running: 0, limit: 0),
        .budget(study: "s", budget: .flops, spent: 0, inFlight: 0, limit: 0),
        .budget(study: "s", budget: .gpuHours, spent: 0, inFlight: 0, limit: 0),
        .notBefore(at: 1_500_000, because: .grid),
      ])
  }

  @Test("of workers that do not fit, the nearest is named with what it lacks")
  func workers() async throws {
    let ledger = try await Ledger()
    let asked = ResourceRequest(gpus: 8, gpuType: "h100", labels: ["fast"])
    try await ledger.submit([1], Scheduling(resources: asked, walltime: 600))
    _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
    #expect(try await reasons(ledger) == [.noWorker])
    try await ledger.register("plain")
    try await ledger.register("near", offer: .init(gpus: ["h100": 4, "a100": 8], labels: ["fast"]))
    #expect(
      try await reasons(ledger) == [
        .noFit(
          workers: 2, nearest: "near",
          lacks: [.init(resource: .gpus, name: "h100", asked: 8, offered: 4)])
      ])
    let whole = WorkerOffer(gpus: ["h100": 8], labels: ["fast"])
    var brief = whole
    brief.walltimeEnd = ledger.now + 60_000
    try await ledger.register("brief", offer: brief)
    #expect(try await reasons(ledger) == [.walltime(workers: 1, needs: 600, longest: 60)])
    var other = whole
    other.trainers = ["pytorch"]
    try await ledger.register("whole", offer: whole)
    #expect(try await reasons(ledger).isEmpty)
    let ready = try await ledger.registry.explanation(run: 1, now: ledger.now).ready
    #expect(ready == ["whole"])
    // A worker that is not heard of any more is no worker.
    _ = ledger.tick(WorkerCapacity.silence)
    #expect(try await reasons(ledger) == [.noWorker])
  }

  @Test("a trainer that no worker has, a busy worker, and who is ahead")
  func ahead() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2], grid: "a", study: "a")
    try await ledger.submit([3, 4, 5], grid: "b", study: "b")
    try await ledger.submit([6], grid: "c", study: "c", Scheduling(resources: .init(cpus: 8)))
    try await ledger.submit([7], grid: "d", study: "d", Scheduling(priority: 5))
    // Study a has a run already, so it comes behind the others.
    _ = try await ledger.registry.pause(study: "d", true, now: ledger.tick())
    #expect(try await ledger.leaseNext()?.run == 1)
    _ = try await ledger.registry.pause(study: "d", false, now: ledger.tick())
    #expect(try await reasons(ledger, 2) == [.ahead(byPriority: 1, byShare: 4, byOrder: 0)])
    #expect(try await reasons(ledger, 5) == [.ahead(byPriority: 1, byShare: 0, byOrder: 2)])
    #expect(
      try await reasons(ledger, 6).first
        == .busy(
          workers: 1, nearest: Ledger.worker,
          lacks: [.init(resource: .cpus, name: nil, asked: 8, offered: 7)]))
    guard case .leased(Ledger.worker, 1, _) = try await reasons(ledger, 1).first else {
      Issue.record("it is running")
      return
    }
  }

  @Test("a run that failed says until when it waits, and when it has ended how it did")
  func failed() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(lease.run, epoch: lease.epoch, Ledger.failed(.outOfMemory))
    #expect(try await reasons(ledger) == [.notBefore(at: ledger.now + 10_000, because: .retry)])
    _ = ledger.tick(10_000)
    #expect(try await reasons(ledger).isEmpty)
    let second = try #require(try await ledger.leaseNext())
    try await ledger.end(second.run, epoch: 2, Ledger.failed(.outOfMemory), retries: 0)
    #expect(
      try await reasons(ledger)
        == [.ended(state: .failed, failure: .outOfMemory, message: "exit 1")])
    await #expect(throws: RegistryError.unknownRun(9)) { try await reasons(ledger, 9) }
  }

  @Test("a grid says which laws it waits for")
  func laws() async throws {
    let ledger = try await Ledger()
    let first = Ledger.grid("fit", source: "{}", fits: ["allocation"], runs: [Ledger.run(seed: 1)])
    let second = NewGrid(
      study: "s", name: "later", source: "{}", text: "",
      content: .waits([.init(law: "M/moe", stage: 0)]))
    _ = try await ledger.registry.submit([first, second], now: ledger.tick())
    let waiting = try await ledger.registry.explanation(grid: 2, now: ledger.now)
    #expect(waiting.reasons == [.waitsForLaw(law: "M/moe", grid: "fit")])
    #expect(waiting.next == nil)
    let open = try await ledger.registry.explanation(grid: 1, now: ledger.now)
    #expect(open.counts == ["queued": 1])
    #expect(open.next?.run == 1)
    await #expect(throws: RegistryError.unknownGrid(9)) {
      try await ledger.registry.explanation(grid: 9, now: ledger.now)
    }
  }
}

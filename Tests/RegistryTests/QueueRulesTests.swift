import Experiment
import Testing
import Wire

@testable import Registry

@Suite("The rules of the queue")
struct QueueRulesTests {
  @Test("each class of failures costs what it says", arguments: FailureClass.allCases)
  func costs(failure: FailureClass) {
    let sequel = RetryRule.sequel(to: failure, failures: 1, losses: 3, retryLimit: 2, now: 0)
    switch failure {
    case .code, .signal, .outOfMemory, .protocol, .start:
      #expect(sequel == .init(failures: 2, losses: 3, isFinal: false, notBefore: 20_000))
      #expect(RetryRule.sequel(to: failure, failures: 2, losses: 0, retryLimit: 2, now: 0).isFinal)
    case .node, .lost:
      #expect(sequel == .init(failures: 1, losses: 4, isFinal: false, notBefore: 80_000))
      #expect(RetryRule.sequel(to: failure, failures: 0, losses: 4, retryLimit: 2, now: 0).isFinal)
    case .walltime, .preempted:
      #expect(sequel == .init(failures: 1, losses: 3, isFinal: false, notBefore: 0))
    case .diverged: #expect(sequel.isFinal)
    }
  }

  @Test("pauses double from ten seconds to an hour")
  func pauses() {
    #expect(
      [1, 2, 3, 9, 10, 99].map(RetryRule.pause) == [10, 20, 40, 2560, 3600, 3600].map { $0 * 1000 })
  }

  @Test("usage is what was held, half of it forgotten in an hour")
  func usage() {
    let idle = ShareUsage(held: 0, used: 100, at: 0)
    #expect(abs(idle.used(at: 3_600_000) - 50) < 1e-9)
    // What is held for ever tends to held / λ; in two steps as in one.
    let held = ShareUsage(held: 4, used: 0, at: 0)
    let half = ShareUsage(held: 4, used: held.used(at: 1_000_000), at: 1_000_000)
    #expect(abs(half.used(at: 2_000_000) - held.used(at: 2_000_000)) < 1e-6)
    #expect(abs(held.used(at: 1000) - 4) < 0.01)
    #expect(held.used(at: -5) == 0)
  }

  @Test("two runs that fail to start set their node aside, until it is cleared or an hour is over")
  func nodes() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4])
    try await ledger.register("elsewhere", host: "there")
    func fail(_ kind: FailureClass) async throws {
      let lease = try #require(try await ledger.leaseNext())
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.failed(kind))
    }
    try await fail(.start)
    try await fail(.code)
    #expect(try await ledger.registry.nodes().isEmpty, "an attempt that trained clears it")
    try await fail(.start)
    #expect(try await ledger.registry.nodes().map(\.failures) == [1])
    try await fail(.node)
    let aside = try #require(try await ledger.registry.nodes().first)
    #expect(aside.host == "here" && aside.failures == 2 && aside.reason == "exit 1")
    #expect(aside.setAsideUntil == ledger.now + 3_600_000)
    _ = ledger.tick(60_000)
    #expect(try await ledger.leaseNext() == nil)
    #expect(try await ledger.leaseNext(worker: "elsewhere") != nil)
    #expect(try await ledger.registry.clear(host: "here", now: ledger.tick()))
    #expect(try await ledger.leaseNext() != nil)
    #expect(try await !ledger.registry.clear(host: "here", now: ledger.tick()))
    await #expect(throws: RegistryError.unknownHost("nowhere")) {
      try await ledger.registry.clear(host: "nowhere", now: 0)
    }
  }

  @Test("a run goes where its time is, as asked for or as measured")
  func walltime() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    let lease = try #require(try await ledger.leaseNext())
    _ = ledger.tick(600_000)
    try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
    try await ledger.register("brief", offer: .init(walltimeEnd: ledger.now + 500_000))
    #expect(try await ledger.leaseNext(worker: "brief") == nil)
    try await ledger.register("long", offer: .init(walltimeEnd: ledger.now + 700_000))
    let given = try #require(try await ledger.leaseNext(worker: "long"))
    try await ledger.end(given.run, epoch: given.epoch, Ledger.released)
    let cause = "SELECT failure FROM attempt WHERE outcome = 'released' ORDER BY ended_at DESC"
    #expect(try await ledger.rows(cause)[0] == ["preempted"])
    let again = try #require(try await ledger.leaseNext(worker: "long"))
    _ = ledger.tick(500_000)
    try await ledger.end(again.run, epoch: again.epoch, Ledger.released)
    #expect(try await ledger.rows(cause)[0] == ["walltime"])
  }

  @Test("GPUs of any type are those of which least is left over")
  func gpus() async throws {
    let ledger = try await Ledger()
    try await ledger.register("mixed", offer: .init(gpus: ["a100": 4, "h100": 2]))
    let any = Scheduling(resources: .init(gpus: 2))
    try await ledger.submit([1, 2, 3, 4], any)
    var types: [String?] = []
    for _ in 0..<3 { types.append(try await ledger.leaseNext(worker: "mixed")?.grant.gpuType) }
    #expect(types == ["h100", "a100", "a100"])
    #expect(try await ledger.leaseNext(worker: "mixed") == nil)
    #expect(try await ledger.leaseNext() == nil)
  }

  @Test("a budget counts what was trained, and GPU-hours as they pass")
  func budgets() async throws {
    let ledger = try await Ledger()
    try await ledger.register("gpu", offer: .init(gpus: ["h100": 8]))
    try await ledger.submit([1, 2, 3], Scheduling(resources: .init(gpus: 4)))
    _ = try await ledger.registry.change(
      study: "s", .init(budgetGPUHours: .at(4)), now: ledger.tick())
    let lease = try #require(try await ledger.leaseNext(worker: "gpu"))
    // Half of its hundred steps, then it breaks.
    _ = try await ledger.report(
      lease.run, epoch: 1,
      [
        .started(.init(parameters: 1, activeParameters: 1)),
        .step(.init(step: 50, tokens: 6400, loss: 3)),
      ])
    _ = ledger.tick(3_540_000)
    #expect(try await ledger.leaseNext(worker: "gpu") != nil, "four GPU-hours are not over")
    _ = ledger.tick(60_000)
    #expect(try await ledger.leaseNext(worker: "gpu") == nil)
    try await ledger.end(lease.run, epoch: 1, sequence: 2, Ledger.failed(.code))
    let queue = try await ledger.registry.queue(ofStudy: "s", now: ledger.now)
    #expect(abs(queue.spentFLOPs - 0.5 * 300 * 12_800) < 1)
    #expect(queue.inFlightFLOPs == 300 * 12_800)
    #expect(abs(queue.spentGPUHours - 4.08) < 0.05)
    let rows = try await ledger.rows(
      "SELECT flops, gpus, failure FROM ledger WHERE epoch = 1 AND run = 1")
    #expect(rows == [["1920000.0", "4", "code"]])
  }

  @Test("settings that have no meaning are refused, and nothing is changed")
  func refusals() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let before = try await ledger.registry.queue(ofStudy: "s", now: 0)
    let changes: [StudyChange] = [
      .init(weight: 0), .init(weight: .nan), .init(maxConcurrent: .at(1.5)),
      .init(weight: 2, budgetFLOPs: .at(-1)), .init(budgetGPUHours: .at(.infinity)),
      .init(priority: 2_000_000),
    ]
    for change in changes {
      await #expect(throws: RegistryError.self) {
        try await ledger.registry.change(study: "s", change, now: 0)
      }
    }
    #expect(try await ledger.registry.queue(ofStudy: "s", now: 0) == before)
    await #expect(throws: RegistryError.unknownStudy("t")) {
      try await ledger.registry.pause(study: "t", true, now: 0)
    }
    await #expect(throws: RegistryError.unknownGrid(7)) {
      try await ledger.registry.pause(grid: 7, true, now: 0)
    }
  }

  @Test("a retry is all of what it names or nothing")
  func retry() async throws {
    let ledger = try await Ledger()
    let runs = try await ledger.submit([1, 2]).runs.map(\.id)
    try await ledger.registry.cancel(runs: [runs[0]], now: ledger.tick())
    await #expect(throws: RegistryError.self) {
      try await ledger.registry.retry(runs: runs, now: ledger.tick())
    }
    #expect(try await ledger.state(runs[0]) == "cancelled")
    #expect(try await ledger.registry.retry(study: "s", now: ledger.tick()) == [runs[0]])
    #expect(try await ledger.registry.retry(grid: 1, now: ledger.tick()).isEmpty)
  }
}

import Testing
import Wire

@testable import Registry

@Suite("A grid's rows are what it asked for, as it asked")
struct GridRowsTests {
  /// A run of that seed, at a point of those axes.
  private func run(_ seed: UInt64, _ point: [(String, String)]) -> NewRun {
    var run = Ledger.run(seed: seed)
    run.point = point.map { NewRun.Coordinate(axis: $0.0, value: $0.1) }
    return run
  }

  private func grid(_ name: String, _ runs: [NewRun]) -> NewGrid {
    Ledger.grid(name, source: "{\"grid\":\"\(name)\"}", runs: runs)
  }

  @Test("they come in order of expansion, also where an older grid asked for some before")
  func position() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([9, 3])
    let seeds: [UInt64] = [5, 3, 7, 9, 1]
    let asked = try await ledger.submit(seeds, grid: "later")
    let ids = asked.runs.map(\.id)
    #expect(ids != ids.sorted(), "the order of the run numbers is another one")
    let rows = try await ledger.registry.runs(RunFilter(gridID: asked.id))
    #expect(rows.map(\.id) == ids)
    #expect(rows.map(\.seed) == seeds.map { Int64($0) })
    #expect(rows.map(\.grid) == Array(repeating: "later", count: seeds.count))
    let page = try await ledger.registry.runs(RunFilter(gridID: asked.id, limit: 2, offset: 2))
    #expect(page.map(\.id) == Array(ids[2...3]))
  }

  @Test("a grid that has the same name or the same runs adds no row")
  func exactly() async throws {
    let ledger = try await Ledger()
    let first = try await ledger.submit([1, 2])
    let other = try await ledger.submit([2, 1], study: "elsewhere")
    for grid in [first, other] {
      let rows = try await ledger.registry.runs(RunFilter(gridID: grid.id))
      #expect(rows.map(\.id) == grid.runs.map(\.id))
    }
    #expect(try await ledger.registry.runs(RunFilter(gridID: 77)).isEmpty)
    #expect(try await ledger.registry.runs(RunFilter(grid: "g")).count == 4)
  }

  @Test("a run that a grid asks for twice has a row for each of the two points")
  func twice() async throws {
    let ledger = try await Ledger()
    let asked = try await ledger.submit(
      grid("twice", [run(1, [("A", "1/32"), ("G", "4")]), run(1, [])]))
    #expect(asked.inserted == 1)
    let rows = try await ledger.registry.runs(RunFilter(gridID: asked.id))
    #expect(rows.map(\.point) == ["A=1/32 G=4", "base"])
  }

  @Test("the point is text in the order of the axes, and base where no axis is set")
  func point() async throws {
    let ledger = try await Ledger()
    let asked = try await ledger.submit(
      grid("points", [run(1, [("G", "4"), ("A", "1/32")]), run(2, [])]))
    let expected = ["G=4 A=1/32", "base"]
    #expect(try await ledger.registry.runs(RunFilter()).map(\.point) == expected)
    for _ in asked.runs {
      let lease = try #require(try await ledger.leaseNext())
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
    }
    let ids = asked.runs.map(\.id)
    try await ledger.registry.record(
      LawSubmission(
        study: "s", name: "dense-loss", form: "power-law", parameters: [], warnings: [],
        inputSHA256: "a", runs: ids),
      leverage: ids.map {
        .init(run: $0, leverage: 1, low: nil, high: nil, extrapolated: false)
      }, now: ledger.tick())
    let leverage = try await ledger.registry.leverage()
    #expect(leverage.sorted { $0.run < $1.run }.map(\.point) == expected)
    #expect(leverage.sorted { $0.run < $1.run }.map(\.seed) == [1, 2])
  }

  @Test("an outcome whose wish is another worker's request gets no lease of that worker's")
  func wish() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3])
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.registry.register(
      WorkerRegistration(id: "other", host: "there", pid: 2, slots: 1, version: "0"),
      now: ledger.tick())
    let theirs = try await ledger.registry.lease(
      LeaseRequest(worker: "other", request: "wish"), now: ledger.tick(),
      leaseDuration: Ledger.lease)
    #expect(theirs != nil)
    let next = LeaseRequest(worker: Ledger.worker, request: "wish")
    for _ in 1...2 {
      #expect(
        try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished, next: next) == nil)
    }
    #expect(try await ledger.state(lease.run) == "finished")
  }
}

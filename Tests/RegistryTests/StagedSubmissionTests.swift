import GRDB
import Testing
import Wire

@testable import Registry

@Suite("A submission too large for one transaction is seen when all of it is there")
struct StagedSubmissionTests {
  private static let count = Registry.largestSlice * 2 + 17

  private static func large(_ name: String = "large") -> NewGrid {
    Ledger.grid(
      name, source: #"{"grid":"\#(name)"}"#,
      runs: (0..<UInt64(count)).map { Ledger.run(seed: 1000 + $0) })
  }

  @Test("until then there is no grid, no run of it and no lease; then there are all")
  func unseen() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let registry = ledger.registry
    // A slice is written and the next is still to come.
    let begun = try await registry.stage([Self.large()], refresh: false, now: 5, slices: 1)
    #expect(try await ledger.rows("SELECT count(*) FROM run") == [["\(1 + Registry.largestSlice)"]])
    #expect(try await ledger.rows("SELECT count(*) FROM runs") == [["1"]])
    #expect(try await registry.status().studies.map(\.grid) == ["g"])
    #expect(try await registry.runs(RunFilter()).count == 1)
    #expect(try await registry.endedStages().isEmpty)
    #expect(try await ledger.leaseNext()?.run == 1)
    #expect(try await ledger.leaseNext() == nil)
    // Another grid may ask for a run that is not to be seen yet; it is trained once.
    let shared = try await ledger.submit([1000], grid: "other")
    #expect(shared.inserted == 0 && shared.runs.count == 1)
    #expect(try await ledger.leaseNext() == nil)
    #expect(begun[0].isNew)

    // The same submission starts anew over what was cut off.
    let grid = try await ledger.submit(Self.large())
    #expect(!grid.known && grid.runs.count == Self.count)
    #expect(grid.inserted == Self.count - 1)
    #expect(try await ledger.rows("SELECT count(*) FROM runs") == [["\(Self.count + 2)"]])
    #expect(try await registry.status().studies.map(\.grid) == ["g", "other", "large"])
    #expect(try await ledger.leaseNext()?.run == shared.runs[0].id)
    #expect(try await ledger.leaseNext()?.run == grid.runs[1].id)
    #expect(try await ledger.submit(Self.large()).known)
  }

  @Test("what was cut off is gone when the registry is opened again; what another asked for stays")
  func cutOff() async throws {
    let ledger = try await Ledger()
    _ = try await ledger.registry.stage([Self.large()], refresh: false, now: 5, slices: 1)
    let shared = try await ledger.submit([1003], grid: "other").runs[0].id
    try ledger.reopen()
    #expect(try await ledger.rows("SELECT id FROM run") == [["\(shared)"]])
    #expect(try await ledger.rows("SELECT name FROM grid") == [["other"]])
    #expect(try await ledger.rows("SELECT * FROM staged_range").isEmpty)
    #expect(try await ledger.leaseNext()?.run == shared)
    #expect(try await ledger.submit(Self.large()).inserted == Self.count - 1)
    #expect(try await ledger.registry.inspect().violations.map(\.invariant).isEmpty)
  }

  @Test("a run that has been seen can still not be deleted")
  func kept() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    await #expect(throws: RegistryError.ruleBroken("runs are never deleted")) {
      try await ledger.registry.write { try $0.execute(sql: "DELETE FROM run") }
    }
  }
}

import Experiment
import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

/// Reads the table of docs/registry.md and carries out each of its cells.
@Suite("What a run goes through is what the documentation's table says")
struct TransitionTableTests {
  struct Cell: CustomTestStringConvertible, Sendable {
    var operation: String
    var state: String
    var expected: String

    var testDescription: String { "\(operation) of a \(state) run: \(expected)" }
  }

  static let cells: [Cell] = {
    let text = try! Checkout.text("docs/registry.md")
    let lines = text.components(separatedBy: "\n").drop { !$0.hasPrefix("| operation |") }
      .prefix { $0.hasPrefix("|") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    return lines.dropFirst(2).flatMap { line in
      zip(lines.first!.dropFirst(), line.dropFirst()).map {
        Cell(operation: line[0], state: $0, expected: $1)
      }
    }
  }()

  @Test("the table covers twenty-five operations on each of the six states")
  func coverage() {
    #expect(Self.cells.count == 25 * RunState.allCases.count)
    #expect(Set(Self.cells.map(\.state)) == Set(RunState.allCases.map(\.rawValue)))
  }

  @Test("each cell", arguments: cells)
  func cell(_ cell: Cell) async throws {
    let ledger = try await Ledger()
    let run = try await Self.bring(ledger, to: cell.state, for: cell.operation)
    let before = try await ledger.dump(of: run)
    let answer: String
    do {
      answer = try await Self.perform(cell.operation, on: run, ledger)
    } catch let error as RegistryError {
      answer = error.code.rawValue
    }
    let state = try await ledger.state(run)
    switch cell.expected {
    case "–", "same":
      #expect(answer == "done")
      #expect(try await ledger.dump(of: run) == before, "nothing about it changes")
    case "lease_lost", "conflict", "stop":
      #expect(answer == cell.expected)
      #expect(try await ledger.dump(of: run) == before, "nothing about it changes")
    default:
      #expect(answer == "done")
      #expect(state == cell.expected)
    }
  }

  /// A run in that state whose last attempt, if there was one, had the current epoch.
  private static func bring(
    _ ledger: Ledger, to state: String, for operation: String
  ) async throws -> Int64 {
    let run = try await ledger.submit([1]).runs[0].id
    if operation.contains("fifth"), state == "leased" {
      for _ in 1...4 {
        _ = try await ledger.leaseNext()
        _ = try await ledger.registry.reap(now: ledger.tick(60_000))
      }
    }
    let lease = try #require(try await ledger.leaseNext())
    switch state {
    case "queued":
      _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
      try await ledger.register()
    case "finished": try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    case "diverged": try await ledger.end(run, epoch: lease.epoch, Ledger.diverged)
    case "failed": try await ledger.end(run, epoch: lease.epoch, Ledger.failed, retries: 0)
    case "cancelled": try await ledger.registry.cancel(runs: [run], now: ledger.tick())
    default: break
    }
    #expect(try await ledger.state(run) == state)
    return run
  }

  /// Carries the operation out; `done`, or the directive that asks for an end.
  private static func perform(
    _ operation: String, on run: Int64, _ ledger: Ledger
  ) async throws -> String {
    let epoch = Int(try await ledger.rows("SELECT epoch FROM run WHERE id = \(run)")[0][0])!
    if operation.hasPrefix("lease "), !operation.hasPrefix("lease lapses") {
      try await hinder(operation, ledger)
      _ = try await ledger.leaseNext(worker: Self.asker(operation))
      return "done"
    }
    switch operation {
    case "lease": _ = try await ledger.leaseNext()
    case "report":
      return try await ledger.report(run, epoch: epoch) == .stop ? "stop" : "done"
    case "outcome finished": try await ledger.end(run, epoch: epoch, Ledger.finished)
    case "outcome diverged": try await ledger.end(run, epoch: epoch, Ledger.diverged)
    case "outcome failed, retries left": try await ledger.end(run, epoch: epoch, Ledger.failed)
    case "outcome failed, retries spent":
      try await ledger.end(run, epoch: epoch, Ledger.failed, retries: 0)
    case "outcome failed, its worker is to blame":
      try await ledger.end(run, epoch: epoch, Ledger.failed(.preempted), retries: 0)
    case "outcome failed, its node is to blame", "outcome failed, its node is to blame, fifth time":
      try await ledger.end(run, epoch: epoch, Ledger.failed(.node), retries: 0)
    case "outcome released": try await ledger.end(run, epoch: epoch, Ledger.released)
    case "lease lapses", "lease lapses, fifth time":
      _ = try await ledger.registry.reap(now: ledger.tick(60_000))
    case "worker leaves":
      _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
    case "cancel": try await ledger.registry.cancel(runs: [run], now: ledger.tick())
    case "retry": try await ledger.registry.retry(runs: [run], now: ledger.tick())
    case "retry of its grid": try await ledger.registry.retry(grid: 1, now: ledger.tick())
    case "retry of its study": try await ledger.registry.retry(study: "s", now: ledger.tick())
    default: Issue.record("no such operation: \(operation)")
    }
    return "done"
  }

  /// Brings about what an operation says about the lease.
  private static func hinder(_ operation: String, _ ledger: Ledger) async throws {
    let registry = ledger.registry
    switch operation {
    case "lease while its study is paused":
      _ = try await registry.pause(study: "s", true, now: ledger.tick())
    case "lease while its grid is paused":
      _ = try await registry.pause(grid: 1, true, now: ledger.tick())
    case "lease while its study has runs enough":
      _ = try await registry.change(study: "s", .init(maxConcurrent: .at(0)), now: ledger.tick())
    case "lease while its budget is spent":
      _ = try await registry.change(study: "s", .init(budgetFLOPs: .at(0)), now: ledger.tick())
    case "lease before its time":
      try await ledger.submit([1], Scheduling(notBefore: ledger.now + 60_000))
    case "lease by a worker without room":
      try await ledger.register("small", slots: 1)
      try await ledger.submit([1], Scheduling(resources: .init(cpus: 2)))
    case "lease by a worker that ends too soon":
      try await ledger.register("brief", offer: .init(walltimeEnd: ledger.now + 60_000))
      try await ledger.submit([1], Scheduling(walltime: 61))
    case "lease on a node that is set aside":
      let now = ledger.tick()
      try await registry.write { database in
        try database.execute(
          sql: "INSERT INTO node VALUES ('here', 2, 1, 'no disk', ?, ?)",
          arguments: [now, now + 60_000])
      }
    default: Issue.record("no such lease: \(operation)")
    }
  }

  /// The worker that asks.
  private static func asker(_ operation: String) -> String {
    switch operation {
    case "lease by a worker without room": "small"
    case "lease by a worker that ends too soon": "brief"
    default: Ledger.worker
    }
  }
}

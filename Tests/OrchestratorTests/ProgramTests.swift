import Foundation
import Registry
import Testing
import Wire

@Suite("The programs train a grid, and survive being killed", .serialized)
struct ProgramTests {
  /// Every run once, each with its final loss.
  private func results(_ laboratory: Laboratory) async throws -> [String] {
    let registry = try Registry.openReadOnly(laboratory.registry.path)
    let once = try await registry.query(
      """
      SELECT run_id, count(*) FROM attempt WHERE outcome = 'finished'
      GROUP BY run_id HAVING count(*) <> 1
      """, rowLimit: 10, timeLimit: .seconds(60))
    #expect(once.rows.isEmpty, "a run was recorded twice")
    let table = try await registry.query(
      "SELECT spec_sha256, state, loss, validation_loss FROM run ORDER BY spec_sha256",
      rowLimit: 100, timeLimit: .seconds(60))
    return table.rows.map { $0.map(\.description).joined(separator: " ") }
  }

  private func run(_ laboratory: Laboratory) throws -> Program {
    try Program(
      "orchestrator", ["run", laboratory.gridFile.path, "--data", laboratory.folder.path])
  }

  @Test("`run` ends with the leverage table, and a second one trains nothing and prints the same")
  func runTwice() async throws {
    let laboratory = try Laboratory()
    let first = try await run(laboratory).result()
    #expect(first.code == 0)
    #expect(first.output.contains("EL"))
    let before = try await results(laboratory)
    #expect(before.count == 10)
    #expect(before.allSatisfy { $0.contains(" finished ") })
    let second = try await run(laboratory).result()
    #expect(second.code == 0)
    #expect(second.output == first.output)
    #expect(try await results(laboratory) == before)
  }

  @Test("`kill -9` of daemon and worker in the middle changes no result")
  func killed() async throws {
    let undisturbed = try Laboratory()
    #expect(try await run(undisturbed).result().code == 0)

    let laboratory = try Laboratory()
    let first = try run(laboratory)
    #expect(await first.line(containing: "run ") != nil)
    first.signal(SIGKILL)
    _ = await first.result()

    let daemon = try Program(
      "orchestrator", ["serve", "--port", "0", "--data", laboratory.folder.path, "--lease", "2"])
    let serving = try #require(await daemon.line(containing: "serving"))
    let url = String(try #require(serving.split(separator: " ").last))
    let arguments = [
      "--connect", url, "--data", laboratory.folder.path, "--slots", "1", "--verbose",
    ]
    let victim = try Program("worker", arguments)
    #expect(await victim.line(containing: "run ") != nil)
    victim.signal(SIGKILL)
    _ = await victim.result()
    daemon.signal(SIGKILL)
    _ = await daemon.result()

    let last = try await run(laboratory).result()
    #expect(last.code == 0)
    #expect(try await results(laboratory) == results(undisturbed))
  }

  @Test("a grid with a fault is refused with its line, and nothing is changed")
  func refused() async throws {
    let laboratory = try Laboratory()
    try Data(Laboratory.grid.replacing("seq", with: "sek").utf8).write(to: laboratory.gridFile)
    let program = try run(laboratory)
    let message = await program.line(containing: "error")
    #expect(message?.contains("grid.yaml") == true)
    #expect(await program.result().code == 1)
    #expect(try await results(laboratory).isEmpty)
  }
}

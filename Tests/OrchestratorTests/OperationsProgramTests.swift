import Foundation
import Registry
import Testing
import Wire

@Suite("Backup, restore, check and clean from the command line", .serialized)
struct OperationsProgramTests {
  private func orchestrator(_ arguments: [String]) async throws -> (
    code: Int32, output: String, errors: String
  ) {
    let program = try Program("orchestrator", arguments)
    let errors = await program.errors()
    let (code, output) = await program.result()
    return (code, output, errors)
  }

  @Test("a registry is checked, backed up beside a daemon, lost and restored")
  func roundTrip() async throws {
    let laboratory = try Laboratory()
    let data = ["--data", laboratory.folder.path]
    let backup = laboratory.folder.appending(path: "backup.db").path
    #expect(try await orchestrator(["check"] + data).code == 66)
    #expect(try await orchestrator(["backup", backup] + data).code == 66)

    let daemon = try Program("orchestrator", ["serve", "--port", "0"] + data)
    let serving = try #require(await daemon.line(containing: "serving"))
    let url = String(try #require(serving.split(separator: " ").last))
    let submit = ["submit", laboratory.gridFile.path, "--url", url]
    #expect(try await orchestrator(submit).code == 0)

    let check = try await orchestrator(["check", "--json"] + data)
    #expect(check.code == 0)
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any])
    #expect(result["sound"] as? Bool == true)
    #expect(try await orchestrator(["backup", backup] + data).output.contains("verified"))
    let again = try await orchestrator(["backup", backup] + data)
    #expect(again.code == 1 && again.errors.contains("--replace"))
    #expect(try await orchestrator(["backup", backup, "--replace"] + data).code == 0)
    let live = try await orchestrator(["restore", backup] + data)
    #expect(live.code == 1 && live.errors.contains("locked"))

    daemon.signal(SIGTERM)
    #expect(await daemon.result().code == 0)
    try Data("gone".utf8).write(to: laboratory.registry)
    let damaged = try await orchestrator(["check"] + data)
    #expect(damaged.code == 1)
    let restored = try await orchestrator(["restore", backup] + data)
    #expect(restored.code == 0 && restored.output.contains("registry.db.replaced"))
    let sound = try await orchestrator(["check"] + data)
    #expect(sound.code == 0 && sound.output.contains("sound"))
  }

  @Test("clean shows, and deletes only when told to")
  func clean() async throws {
    let laboratory = try Laboratory()
    let registry = try Registry.open(laboratory.registry.path)
    try registry.close()
    let orphan = laboratory.folder.appending(path: "runs/7/1")
    try FileManager.default.createDirectory(at: orphan, withIntermediateDirectories: true)
    try Data("words".utf8).write(to: orphan.appending(path: "trainer.log"))
    let data = ["--data", laboratory.folder.path]
    #expect(try await orchestrator(["clean"] + data).output.contains("nothing is older"))
    let shown = try await orchestrator(["clean", "--orphans", "0"] + data)
    #expect(shown.code == 0 && shown.output.contains("runs/7/1"))
    #expect(FileManager.default.fileExists(atPath: orphan.path))
    #expect(try await orchestrator(["clean", "--orphans", "0", "--delete"] + data).code == 0)
    #expect(!FileManager.default.fileExists(atPath: orphan.path))
    #expect(try await orchestrator(["clean", "--orphans", "-1"] + data).code == 64)
  }
}

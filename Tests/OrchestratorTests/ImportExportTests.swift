import Client
import Foundation
import Logging
import Registry
import RunTable
import Testing
import Wire

@testable import Orchestrator

@Suite("Tables go in and come out by the commands", .serialized)
struct ImportExportTests {
  /// A folder for one test.
  private final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws -> String {
      let file = url.appending(path: name)
      try Data(text.utf8).write(to: file)
      return file.path
    }

    func text(_ name: String) throws -> String {
      try String(contentsOf: url.appending(path: name), encoding: .utf8)
    }
  }

  /// Dense runs on L = 30·C^(−0.05), three sizes at each of five budgets, and MoEs that need half
  /// the compute, with digits that only an exact reader keeps.
  private static let sheet: String = {
    var text = "name,experts,k,active,total,tokens_B,lm_loss,seed,extra_metric\n"
    for budget in 0..<5 {
      let compute = 1e17 * pow(4, Double(budget))
      for (index, share) in [0.5, 1, 2].enumerated() {
        let active = (compute / 120).squareRoot() * share
        let tokens = compute / (6 * active)
        let best = 30 * pow(compute, -0.05)
        let loss = best * (1 + 0.004 * pow(log2(share), 2))
        text += "d\(budget)\(index),1,1,\(active),\(active),\(tokens / 1e9),\(loss),1,0.5\n"
        let moe = loss * pow(2, -0.05)
        text += "m\(budget)\(index),64,2,\(active),\(active * 20),\(tokens / 1e9),\(moe),1,\n"
      }
    }
    return text
  }()

  private static let mapping = [
    "--map", "loss=lm_loss,N_active=active,N=total", "--map", "D=tokens_B*1e9,experts=experts",
    "--map", "top_k=k,seed=seed,name=name", "--keep", "extra_metric", "--convention", "6N",
  ]

  private func run(_ arguments: [String]) async throws -> (code: Int32, output: String) {
    try await Program("orchestrator", arguments).result()
  }

  @Test("a sheet becomes runs, once")
  func importing() async throws {
    let folder = try Folder()
    let file = try folder.write(Self.sheet, to: "sheet.csv")
    try await LiveDaemon.serving(folder.url) { url in
      let arguments = ["import", file, "--study", "old", "--url", url] + Self.mapping
      let dry = try await run(arguments + ["--dry-run"])
      #expect(dry.code == 0 && dry.output.contains("30 runs, 30 new, 0 existing"))
      #expect(dry.output.contains("tokens_B*1e9"))
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      #expect(try await client.runs().isEmpty)

      let first = try await run(arguments)
      #expect(first.code == 0)
      #expect(first.output == "study old, grid sheet: 30 runs, 30 new, 0 existing\n")
      let again = try await run(arguments)
      #expect(again.output == "study old, grid sheet: 30 runs, 0 new, 30 existing\n")
      #expect(try await client.runs().count == 30)
    }
  }

  @Test("an import wakes the refit, and laws and leverage follow from the imported runs")
  func laws() async throws {
    let folder = try Folder()
    var log = Logger(label: "test")
    log.logLevel = .critical
    let daemon = try await Daemon.open(
      registry: folder.url.appending(path: "registry.db").path,
      settings: DaemonSettings(data: folder.url), log: log)
    let table = RawTable(Data(Self.sheet.utf8), file: "sheet.csv", format: .csv)
    let result = try ImportMapping(
      assignments: [
        "loss=lm_loss", "N_active=active", "N=total", "D=tokens_B*1e9", "E=experts", "top_k=k",
      ], convention: .sixN
    ).runs(of: table)
    let request = ImportRequest(
      source: ImportSource(
        study: "old", grid: "sheet", file: "sheet.csv", sha256: "0", format: "csv",
        mapping: result.mapping, family: nil, group: [], keep: [], conditions: [],
        convention: "6N"), runs: result.runs, dryRun: false)
    let seen = await daemon.desk.finished.count
    #expect(try await daemon.desk.importRuns(request).new == 30)
    #expect(await daemon.desk.finished.count == seen + 1)
    #expect(try await daemon.desk.importRuns(request).new == 0)
    #expect(await daemon.desk.finished.count == seen + 1)

    try await daemon.refit.refit("old", isComplete: true)
    let leverage = try await daemon.desk.registry.leverage(study: "old")
    #expect(leverage.count == 15)
    // The best size of each budget needs half the dense compute; the others lose a little.
    #expect(leverage.allSatisfy { $0.leverage > 1.7 && $0.leverage < 2.05 })
    try daemon.desk.registry.close()
  }

  @Test("what is exported and imported again has the same numbers", arguments: ["csv", "jsonl"])
  func roundTrip(format: String) async throws {
    let folder = try Folder()
    let file = try folder.write(Self.sheet, to: "sheet.csv")
    try await LiveDaemon.serving(folder.url) { url in
      _ = try await run(["import", file, "--study", "old", "--url", url] + Self.mapping)
      let copy = folder.url.appending(path: "copy.\(format)").path
      let export = try await run([
        "export", "--study", "old", "--output", copy, "--url", url, "--where", "A < 1 OR seed = 1",
      ])
      #expect(export.code == 0 && export.output.isEmpty)
      let back = try await run(["import", copy, "--study", "new", "--grid", "copy", "--url", url])
      #expect(back.output == "study new, grid copy: 30 runs, 30 new, 0 existing\n")

      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      func numbers(_ study: String) async throws -> [[Table.Value]] {
        let table: Table = try await client.post(
          "/v1/sql",
          SQLQuery(
            query: """
              SELECT family, budget, point, loss, A, G, S, N, N_active, M, D, C, seed, experts,
                top_k, extra ->> '$.extra_metric', extra ->> '$.name', extra ->> '$.convention'
              FROM runs WHERE study = '\(study)' ORDER BY extra ->> '$.name'
              """))
        return table.rows
      }
      let old = try await numbers("old")
      #expect(old.count == 30)
      #expect(try await numbers("new") == old)
    }
  }

  @Test("a faulty row is named, the code is 1, and nothing is imported")
  func refused() async throws {
    let folder = try Folder()
    let file = try folder.write(
      "lm_loss,N,D\n2.5,1e6,1e9\nnone,1e6,1e9\n2.5,1e6,\n", to: "sheet.csv")
    try await LiveDaemon.serving(folder.url) { url in
      let program = try Program(
        "orchestrator",
        [
          "import", file, "--study", "old", "--map", "loss=lm_loss,N=N,D=D", "--convention", "6N",
          "--url", url,
        ])
      #expect(await program.line(containing: "error: nothing is imported") != nil)
      #expect(await program.line(containing: "sheet.csv:3: lm_loss is 'none'") != nil)
      #expect(await program.line(containing: "sheet.csv:4: C does not follow") != nil)
      #expect(await program.result().code == 1)
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      #expect(try await client.runs().isEmpty)
      #expect(try await client.status().studies.isEmpty)
    }
  }

  @Test("without a daemon a dry run checks the table, an import cannot; exits are as elsewhere")
  func noDaemon() async throws {
    let folder = try Folder()
    let file = try folder.write(Self.sheet, to: "sheet.csv")
    let unreachable = ["--url", "http://127.0.0.1:9"]
    let arguments = ["import", file, "--study", "old"] + Self.mapping
    #expect(try await run(arguments + unreachable).code == 69)
    #expect(try await run(["import", file + ".none", "--study", "old"]).code == 66)
    #expect(try await run(["import", file]).code == 64)
    #expect(try await run(["export"]).code == 64)
    #expect(try await run(["export", "--study", "old", "--registry", "/none"]).code == 1)
  }

  @Test("a run's losses are exported as its curve, straight from the registry's file too")
  func losses() async throws {
    let folder = try Folder()
    let path = folder.url.appending(path: "registry.db").path
    let sheet = try folder.write("loss,N,D\n2.5,1e6,1e9\n", to: "sheet.csv")
    try await LiveDaemon.serving(folder.url) { url in
      _ = try await run(
        ["import", sheet, "--study", "old", "--convention", "6N", "--url", url])
      let curve = try await run(["export", "--losses", "1", "--url", url])
      #expect(curve.code == 0 && curve.output == "run,metric,step,tokens,loss\n")
      #expect(try await run(["export", "--losses", "2", "--url", url]).code == 1)
      let rows = try await run([
        "export", "--study", "old", "--registry", path, "--format", "jsonl",
      ])
      #expect(rows.output.contains("\"loss\":2.5"))
      #expect(rows.output.contains("\"C\":6000000000000000,"))
    }
  }
}

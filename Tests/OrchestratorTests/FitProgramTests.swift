import Client
import Foundation
import ScalingLaws
import Testing
import Wire

@testable import Orchestrator

@Suite("Laws are fitted, recorded, shown and evaluated by commands", .serialized)
struct FitProgramTests {
  /// Runs on L = 1.7 + 400·N^(−0.34) + 410·D^(−0.28) to the last digit, in two families of which the
  /// second loses a tenth.
  private static let sheet: String = {
    var text = "N,D,loss,family,lr,batch_tokens,C\n"
    for family in [1.0, 1.1] {
      for n in [1e7, 3e7, 1e8, 3e8] {
        for d in [1e9, 3e9, 1e10, 3e10] {
          let loss = 1.7 + 400 * pow(n, -0.34) + 410 * pow(d, -0.28)
          text += "\(n),\(d),\(loss * family),f\(family),0.001,1000,\(6 * n * d)\n"
        }
      }
    }
    return text
  }()

  private func run(_ arguments: [String]) async throws -> (code: Int32, output: String) {
    try await Program("orchestrator", arguments).result()
  }

  private func withSheet(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "sheet.csv")
    try Data(Self.sheet.utf8).write(to: file)
    try await LiveDaemon.serving(folder) { url in
      let imported = try await run(
        [
          "import", file.path, "--study", "s", "--url", url, "--convention", "none", "--map",
          "N=N,D=D,C=C,loss=loss,family=family,learning_rate=lr,batch_tokens=batch_tokens",
        ])
      #expect(imported.code == 0)
      try await body(url)
    }
  }

  @Test("a form is fitted for each value of an expression, recorded once, and evaluated")
  func form() async throws {
    try await withSheet { url in
      let arguments = [
        "fit", "chinchilla", "--study", "s", "--by", "family", "--bootstraps", "40", "--loss",
        "squared", "--record", "loss", "--url", url, "--json",
      ]
      let fitted = try await run(arguments)
      #expect(fitted.code == 0)
      struct Fit: Decodable {
        struct Inner: Decodable { var parameters: [FittedParameter] }
        var group: String
        var fit: Inner
      }
      let fits = try JSONDecoder().decode([Fit].self, from: Data(fitted.output.utf8))
      #expect(fits.map(\.group) == ["f1.0", "f1.1"])
      let exponents = fits.map { fit in
        fit.fit.parameters.first { $0.name == "α" }?.value ?? 0
      }
      #expect(exponents.allSatisfy { abs($0 - 0.34) < 1e-4 })

      _ = try await run(arguments)
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      let laws: [LawRow] = try await client.get("/v1/laws")
      let named = laws.filter { $0.form == "chinchilla" }
      #expect(named.map(\.name) == ["loss/f1.0", "loss/f1.1"], "a repeat records nothing new")
      let report: LawReport = try await client.get("/v1/laws/\(named[0].id)")
      #expect(report.runs.count == 16 && report.law.detail.residuals.count == 16)
      #expect(report.law.detail.resamples.count == 40)

      let shown = try await run(["law", "show", "\(named[0].id)", "--url", url])
      #expect(shown.output.contains("L = E + A·N^(−α) + B·D^(−β)"))
      let value = try await run(
        ["law", "eval", "\(named[0].id)", "N=1e8", "D=1e10", "--url", url, "--json"])
      struct Value: Decodable { var value: Double }
      let at = try JSONDecoder().decode(Value.self, from: Data(value.output.utf8)).value
      #expect(abs(at - (1.7 + 400 * pow(1e8, -0.34) + 410 * pow(1e10, -0.28))) < 1e-4)
      let difference = try await run(
        ["law", "diff", "\(named[0].id)", "\(named[1].id)", "--url", url])
      #expect(difference.output.contains("0 runs are behind both"))
    }
  }

  @Test("a selection may be any SELECT; the letters that it lacks are named")
  func selection() async throws {
    try await withSheet { url in
      let query = "SELECT id AS run, loss AS L, N, D FROM runs WHERE family = 'f1.0'"
      let fitted = try await run(
        [
          "fit", "chinchilla", "--sql", query, "--bootstraps", "0", "--loss", "squared", "--url",
          url,
        ])
      #expect(fitted.code == 0 && fitted.output.contains("16 runs"))
      let program = try Program(
        "orchestrator", ["fit", "chinchilla", "--study", "nobody", "--url", url])
      #expect(await program.line(containing: "no finished run has a value for L, N, D") != nil)
      #expect(await program.result().code == 1)
    }
  }

  @Test("a published law gives every quantity that its letters determine")
  func published() async throws {
    let result = try await run(
      ["law", "eval", "ling-2507.17702", "A=1/32", "G=12", "C=1e22", "--json"])
    let evaluation = try JSONDecoder().decode(
      LawEvaluation.self, from: Data(result.output.utf8))
    let leverage = try #require(evaluation.results.first { $0.quantity.name == "EL" })
    #expect(abs(leverage.value - 7.22) < 0.03)
    #expect(leverage.extrapolated.map(\.variable) == ["C"])
  }
}

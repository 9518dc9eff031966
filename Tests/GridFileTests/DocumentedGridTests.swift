import Experiment
import Foundation
import GridFile
import Testing

@Suite("What the documents and studies show is a grid")
struct DocumentedGridTests {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test(
    "the examples of a document decode",
    arguments: ["docs/grid.md", "README.md"])
  func examples(document: String) throws {
    let text = try String(contentsOf: Self.root.appending(path: document), encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst()
      .map { $0.components(separatedBy: "\n```")[0] }
    #expect(!blocks.isEmpty)
    for block in blocks { _ = try GridFile.decode(block, file: document) }
  }

  @Test("the demo's grid expands to three dense sizes and three MoE at each budget")
  func demo() throws {
    let file = Self.root.appending(path: "studies/demo/grid.yaml")
    let grid = try GridFile.decode(
      String(contentsOf: file, encoding: .utf8), file: file.path
    ).stages[0]
    let runs = try grid.expand(
      resolved: ResolvedSettings(), corpus: .init(name: "debian-mix", sha256: ""), vocab: 1024)
    #expect(runs.count == grid.budgets.count * 6)
    #expect(runs.allSatisfy { abs($0.baseError) < 0.005 && abs($0.targetError) < 0.005 })
  }

  @Test("the paper's programme is a study whose later stages wait for its first two")
  func programme() throws {
    let file = Self.root.appending(path: "studies/programme/study.yaml")
    let study = try GridFile.decode(String(contentsOf: file, encoding: .utf8), file: file.path)
    for stage in study.stages { try stage.check() }
    let sources = study.stages.indices.map { Set(study.awaited(by: $0).map(\.stage)) }
    #expect(sources == [[], [0]] + Array(repeating: [0, 1], count: 6))
    #expect(
      study.stages.map(\.fits) == [[.hyperparameters], [.allocation]]
        + Array(repeating: [], count: 4) + [[.leverage], []])
  }

  @Test("a family that names no law gets the published ones of its kind")
  func defaults() throws {
    let grid = try GridFile.decode(
      """
      study: s
      grid: g
      corpus: c
      budgets: [3e18]
      families: {dense: {kind: dense}, moe: {kind: moe}}
      """, file: "grid.yaml"
    ).stages[0]
    let names = grid.families.map { family in
      SettingQuantity.allCases.map { quantity in
        if case .law(let reference) = family.source(of: quantity) { "\(reference)" } else { "" }
      }
    }
    #expect(
      names == [
        ["ling-2507.17702", "deepseek-2401.02954", "deepseek-2401.02954"],
        ["ling-2507.17702", "ling-2507.17702", "ling-2507.17702"],
      ])
  }
}

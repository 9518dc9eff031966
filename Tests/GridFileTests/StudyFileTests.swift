import Experiment
import GridFile
import Testing

@Suite("A file of stages")
struct StudyFileTests {
  static let text = """
    study: programme
    corpus: c
    budgets: [1e11, 1e12]
    allocation: {M: {a: 10.3, b: 0.39}}
    families:
      moe: {kind: moe, hyperparameters: {law: latest}}
    stages:
      - grid: hyperparameters
        fits: [hyperparameters]
        families:
          moe:
            kind: moe
            hyperparameters: {learning_rate: {a: 0.5, b: -0.14}, batch_tokens: 2048}
            axes: [{learning_rate: [1/2, 1, 2], batch: [1/2, 1, 2]}]
      - grid: activation
        budgets: [3e12]
    """

  @Test("gives each stage the top level's keys unless it has its own")
  func inherits() throws {
    let study = try GridFile.decode(Self.text, file: "study.yaml")
    #expect(study.name == "programme")
    #expect(study.stages.map(\.name) == ["hyperparameters", "activation"])
    #expect(study.stages.map(\.study) == ["programme", "programme"])
    #expect(study.stages.map(\.budgets) == [[1e11, 1e12], [3e12]])
    #expect(study.stages.map(\.fits) == [[.hyperparameters], []])
    #expect(study.stages[1].families[0].learningRate == .law(.latest))
  }

  @Test("lets a stage wait for the laws that an earlier one fits, and for no others")
  func awaits() throws {
    let study = try GridFile.decode(Self.text, file: "study.yaml")
    #expect(study.awaited(by: 0).isEmpty)
    #expect(study.awaited(by: 1).map(\.name) == ["learning_rate/moe", "batch_tokens/moe"])
    #expect(study.awaited(by: 1).map(\.stage) == [0, 0])
    let other = Self.text.replacing("moe: {kind: moe, hyper", with: "other: {kind: moe, hyper")
    #expect(try GridFile.decode(other, file: "study.yaml").awaited(by: 1).isEmpty)
  }

  @Test("of one grid is a study of one stage")
  func single() throws {
    let study = try GridFile.decode(
      """
      study: s
      grid: g
      corpus: c
      budgets: [1e12]
      families: {moe: {kind: moe, hyperparameters: {law: 17}}}
      """, file: "grid.yaml")
    #expect(study.stages.count == 1)
    #expect(study.stages[0].families[0].learningRate == .law(.stored(id: 17)))
  }

  @Test("is refused with every fault, those of the shared part once")
  func faults() throws {
    let text = Self.text.replacing("corpus: c", with: "corpsu: c")
      .replacing("grid: activation", with: "grid: hyperparameters\n    study: other")
      .replacing("fits: [hyperparameters]", with: "fits: [hyperparameter]")
    let error = try #require(throws: GridFileError.self) {
      try GridFile.decode(text, file: "study.yaml")
    }
    let lines = error.problems.map { "\($0)" }
    #expect(lines.filter { $0.contains("corpsu") }.count == 1)
    #expect(lines.contains { $0.contains("did you mean hyperparameters?") })
    #expect(lines.contains { $0.contains("all stages are of the file's study") })
  }

  @Test("is refused where two stages have one name, or a fit has no axes")
  func names() throws {
    let error = try #require(throws: GridFileError.self) {
      try GridFile.decode(
        Self.text.replacing("grid: activation", with: "grid: hyperparameters"), file: "study.yaml")
    }
    #expect("\(error)".contains("stands here twice"))
    let grid = try GridFile.decode(
      Self.text.replacing("fits: [hyperparameters]", with: "fits: [allocation]"),
      file: "study.yaml"
    ).stages[0]
    #expect(throws: ExpansionError.fitLacksAxes(.allocation, grid: "hyperparameters")) {
      try grid.check()
    }
  }
}

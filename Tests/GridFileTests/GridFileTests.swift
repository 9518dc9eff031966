import Experiment
import GridFile
import Testing

@Suite("A grid file becomes a typed grid")
struct GridFileTests {
  static let text = """
    study: leverage-demo
    grid: activation-ratio
    corpus: debian-mix
    budgets: [3e11, 1e12, 3e12]
    seeds: [1, 2]
    sequence_length: 128
    base: {top_k: 2, shared_experts: 1, layers: 2}
    families:
      dense:
        kind: dense
        allocation: {M: {a: 0.8, b: 0.52}}
        hyperparameters: {law: deepseek-2401.02954, batch_tokens: 1024}
        axes:
          - scale: [1/2, 1, 2]
      moe:
        kind: moe
        base:
          A: 3.125%
          G: 4
          top_k: 4
          S: 1/3
          layers: {aspect: 24, minimum: 2}
          kv_ratio: 1/2
        router: {balance_coefficient: 0.1, gate: sigmoid}
        initialisation: {normal: 6e-3}
        allocation: {fitted: allocation-moe@7}
        hyperparameters:
          fitted: hyperparameters-moe
        axes:
          - A: [1/2, 0.125, 010]
            G: [4, 8]
          - balance_coefficient: [0, 1e-2]
    """

  @Test(
    "A family may have a precision of its own; another word is refused with those that there are")
  func precision() throws {
    let text = Self.text.replacing("010", with: "1/32")
    let own = text.replacing(
      "    kind: dense\n", with: "    kind: dense\n    precision: bfloat16\n")
    let families = try GridFile.decode(own, file: "grid.yaml").stages[0].families
    #expect(families.map(\.precision) == [.bfloat16, .float32])
    let all = "precision: bfloat16\n" + text
    #expect(
      try GridFile.decode(all, file: "grid.yaml").stages[0].families.map(\.precision)
        == [.bfloat16, .bfloat16])
    let error = #expect(throws: GridFileError.self) {
      _ = try GridFile.decode("precision: float16\n" + text, file: "grid.yaml")
    }
    #expect(try #require(error).description.contains("float16"))
    #expect(try #require(error).description.contains("bfloat16"))
  }

  @Test("Every section lands in its place")
  func sections() throws {
    let text = Self.text.replacing("010", with: "1/32")
    let grid = try GridFile.decode(text, file: "grid.yaml").stages[0]
    let dense = Grid.Family(
      name: "dense", kind: .dense,
      sweeps: [Grid.Sweep([Grid.AxisValues(.scale, [Ratio(1, 2), .one, Ratio(2)])])],
      allocation: .power(PowerLaw(a: 0.8, b: 0.52)),
      learningRate: .law(.published(name: "deepseek-2401.02954")), batchTokens: .number(1024))
    let moe = Grid.Family(
      name: "moe", kind: .moe,
      base: BaseShape(
        activation: Ratio(1, 32), granularity: Ratio(4), topK: 4, sharedExperts: 2,
        depth: .aspect(ratio: Ratio(24), minimum: 2), kvRatio: Ratio(1, 2)),
      sweeps: [
        Grid.Sweep([
          Grid.AxisValues(.activation, [Ratio(1, 2), Ratio(1, 8), Ratio(1, 32)]),
          Grid.AxisValues(.granularity, [Ratio(4), Ratio(8)]),
        ]),
        Grid.Sweep([Grid.AxisValues(.balanceCoefficient, [Ratio(0), Ratio(1, 100)])]),
      ],
      allocation: .law(.fitted(name: "allocation-moe", revision: "7")),
      learningRate: .law(.fitted(name: "hyperparameters-moe", revision: nil)),
      batchTokens: .law(.fitted(name: "hyperparameters-moe", revision: nil)),
      router: RunSpec.Router(gate: .sigmoid, balanceCoefficient: 0.1),
      initialisation: .normal(sigma: 0.006))
    #expect(
      grid
        == Grid(
          study: "leverage-demo", name: "activation-ratio", corpus: "debian-mix",
          budgets: [3e11, 1e12, 3e12], seeds: [1, 2], families: [dense, moe]))
  }

  @Test("Numbers are decimal, whatever YAML 1.1 makes of them")
  func decimal() {
    let error = #expect(throws: GridFileError.self) {
      try GridFile.decode(Self.text, file: "grid.yaml")
    }
    #expect(
      error?.description == "grid.yaml:30: families.moe.axes[0].A[2]: \"010\" is not above 0 and "
        + "at most 1")
  }

  @Test("Files that mean the same have one canonical source, with sorted keys")
  func canonical() throws {
    let short = """
      {study: s, grid: g, corpus: c, budgets: [1e12], families: {d: {kind: dense,
      allocation: {M: 1e6}, hyperparameters: {learning_rate: 0.01, batch_tokens: 1024}}}}
      """
    let long = """
      # The same, in other words.
      families:
        d:
          hyperparameters: {batch_tokens: 1.024e3, learning_rate: 1e-2}
          kind: "dense"
          allocation:
            M: 1000000
          router: {gate: softmax_renormalised}
      trainer: native
      seeds: [1]
      budgets:
        - 1000000000000
      corpus: c
      grid: g
      study: s
      """
    let source = try GridFile.decode(short, file: "a.yaml").stages[0].canonicalSource
    #expect(try GridFile.decode(long, file: "b.yaml").stages[0].canonicalSource == source)
    #expect(source.hasPrefix(#"{"budgets":[1000000000000],"corpus":"c","evaluation":"#))
    #expect(source.hasSuffix(#""seeds":[1],"sequence_length":128,"study":"s","trainer":"native"}"#))
  }

  @Test("A family overrides the top level key by key")
  func defaults() throws {
    let grid = try GridFile.decode(
      """
      study: s
      grid: g
      corpus: c
      budgets: [1e12]
      router: {balance_coefficient: 0.1, z_coefficient: 0}
      optimiser: {weight_decay: 0.05}
      schedule: {decay_fraction: 1/4}
      evaluation: {count: 2}
      allocation: {M: 1e6}
      hyperparameters: {learning_rate: 0.01, batch_tokens: 1024}
      families:
        a: {kind: moe}
        b: {kind: moe, router: {balance_coefficient: 0.5}, hyperparameters: {learning_rate: 0.02}}
      """, file: "grid.yaml"
    ).stages[0]
    #expect(grid.families.map(\.router.balanceCoefficient) == [0.1, 0.5])
    #expect(grid.families.map(\.router.zCoefficient) == [0, 0])
    #expect(grid.families.map(\.learningRate) == [.number(0.01), .number(0.02)])
    #expect(grid.families.map(\.batchTokens) == [.number(1024), .number(1024)])
    #expect(grid.families.map(\.optimiser.weightDecay) == [0.05, 0.05])
    #expect(grid.families.map(\.schedule.decayFraction) == [0.25, 0.25])
    #expect(grid.evaluation == RunSpec.Evaluation(count: 2))
  }

  @Test("A decoded grid expands")
  func expands() throws {
    let text = Self.text.replacing("010", with: "1/32")
      .replacing("{fitted: allocation-moe@7}", with: "{M: {a: 0.8, b: 0.52}}")
      .replacing("{law: deepseek-2401.02954,", with: "{learning_rate: 0.01,")
      .replacing("fitted: hyperparameters-moe", with: "{learning_rate: 0.01, batch_tokens: 1024}")
    let grid = try GridFile.decode(text, file: "grid.yaml").stages[0]
    #expect(grid.lawRequests.isEmpty)
    let runs = try grid.expand(
      resolved: ResolvedSettings(),
      corpus: RunSpec.CorpusReference(name: grid.corpus, sha256: "0"), vocab: 1024)
    #expect(runs.count == 3 * 2 * (3 + 6 + 2))
  }
}

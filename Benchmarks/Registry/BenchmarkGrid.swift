import Experiment
import Registry

/// Grids whose runs no trainer ever sees.
enum BenchmarkGrid {
  /// Two families, ten budgets, 25 points each, and as many seeds as it takes for `runs` runs; those
  /// of two grids differ when their seeds do.
  static func grid(_ name: String, runs: Int, firstSeed: UInt64 = 0) -> Grid {
    let seeds = max(1, runs / 500)
    func family(_ name: String, _ shared: Int) -> Grid.Family {
      Grid.Family(
        name: name, kind: .moe,
        base: BaseShape(
          activation: Ratio(1, 8), granularity: Ratio(4), topK: 4, sharedExperts: shared,
          depth: .fixed(2), widthMultiple: 16, headDim: 16),
        sweeps: [
          Grid.Sweep([
            Grid.AxisValues(.activation, [2, 4, 8, 16, 32].map { Ratio(1, $0) }),
            Grid.AxisValues(
              .learningRate, [Ratio(1, 4), Ratio(1, 2), .one, Ratio(2), Ratio(4)]),
          ])
        ],
        allocation: .power(PowerLaw(a: 2, b: 0.5)), learningRate: .number(0.01),
        batchTokens: .number(1024))
    }
    return Grid(
      study: "benchmark", name: name, corpus: "none",
      budgets: (0..<10).map { 1e10 * Double($0 + 1) },
      seeds: (0..<UInt64(seeds)).map { firstSeed + $0 }, seqLen: 32,
      families: [family("one", 1), family("two", 2)])
  }

  /// The grid as the registry takes it.
  static func submission(_ grid: Grid) throws -> NewGrid {
    let planned = try grid.expand(
      resolved: ResolvedSettings(), corpus: .init(name: "none", sha256: "0"), vocab: 512)
    return NewGrid(
      study: grid.study, name: grid.name, source: grid.canonicalSource, text: "",
      content: .runs(Expansion(settings: "{}", runs: NewRun.all(planned))))
  }

  /// Inserts a grid of `runs` runs into a registry that nobody serves.
  static func fill(_ path: String, runs: Int) async throws {
    let registry = try Registry.open(path)
    _ = try await registry.submit([try submission(grid("filled", runs: runs))], now: 0)
    try registry.close()
  }
}

import Wire

/// Token-expert pairs of each expert, summed over steps [MoE layers][E].
struct RouterLoads: Equatable, Codable {
  private var counts: [[Int]] = []

  mutating func add(_ loads: [[Int]]) {
    if counts.isEmpty {
      counts = loads
      return
    }
    for layer in loads.indices {
      for expert in loads[layer].indices { counts[layer][expert] += loads[layer][expert] }
    }
  }

  /// How evenly each layer spread its pairs [MoE layers].
  var layers: [LayerLoad] { counts.map(LayerLoad.init) }

  /// The busiest expert's load over the mean, averaged over layers; 1 is perfect.
  var maxOverMean: Double { RouterLoads.maxOverMean(counts) }

  /// Experts that got nothing, over all layers.
  var deadExperts: Int { layers.reduce(0) { $0 + $1.deadExperts } }

  static func maxOverMean(_ loads: [[Int]]) -> Double {
    loads.reduce(0) { $0 + LayerLoad($1).maxOverMean } / Double(max(1, loads.count))
  }
}

/// How evenly one layer spread its token-expert pairs.
struct LayerLoad: Equatable {
  /// The busiest expert's pairs over the mean; 1 is perfect.
  let maxOverMean: Double
  /// Experts that got nothing.
  let deadExperts: Int
  let experts: Int

  /// - Parameter counts: pairs of each expert.
  init(_ counts: [Int]) {
    experts = counts.count
    deadExperts = counts.count { $0 == 0 }
    maxOverMean =
      Double(counts.max() ?? 0) * Double(experts) / Double(max(1, counts.reduce(0, +)))
  }

  /// The share of experts that got nothing.
  var deadShare: Double { Double(deadExperts) / Double(experts) }

  /// The metrics of block `block`, named as its tensors are.
  func metrics(block: Int, step: Int) -> [TrainerEvent] {
    [
      .metric(.init(name: "\(block).router_max_over_mean", value: maxOverMean, step: step)),
      .metric(.init(name: "\(block).router_dead_share", value: deadShare, step: step)),
    ]
  }
}

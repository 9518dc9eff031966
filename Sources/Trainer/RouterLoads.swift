/// Token-expert pairs of each expert, summed over steps [MoE layers][E].
struct RouterLoads: Equatable, Codable {
  private var counts: [[Int]]

  /// Nothing yet.
  init(layers: Int, experts: Int) {
    counts = Array(repeating: Array(repeating: 0, count: experts), count: layers)
  }

  /// Adds a step's, in place: nothing is allocated.
  mutating func add(_ loads: [[Int]]) {
    for layer in loads.indices {
      for expert in loads[layer].indices { counts[layer][expert] += loads[layer][expert] }
    }
  }

  /// Back to nothing, in place.
  mutating func clear() {
    for layer in counts.indices {
      for expert in counts[layer].indices { counts[layer][expert] = 0 }
    }
  }

  /// How evenly each layer spread its pairs [MoE layers].
  var layers: [LayerLoad] { counts.map(LayerLoad.init) }

  /// The busiest expert's load over the mean, averaged over layers; 1 is perfect.
  var maxOverMean: Double { RouterLoads.maxOverMean(counts) }

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
}

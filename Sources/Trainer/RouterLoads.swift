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

  /// The busiest expert's load over the mean, averaged over layers; 1 is perfect.
  var maxOverMean: Double { RouterLoads.maxOverMean(counts) }

  /// Experts that got nothing, over all layers.
  var deadExperts: Int { counts.reduce(0) { $0 + $1.count { $0 == 0 } } }

  static func maxOverMean(_ loads: [[Int]]) -> Double {
    let total = loads.reduce(0.0) { sum, layer in
      sum + Double(layer.max() ?? 0) * Double(layer.count) / Double(max(1, layer.reduce(0, +)))
    }
    return total / Double(max(1, loads.count))
  }
}

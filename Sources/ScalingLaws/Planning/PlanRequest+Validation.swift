extension PlanRequest {
  /// - Throws: `invalid` for the first value that no plan can have.
  func validate() throws(PlanError) {
    try positive("the budget C", budget.compute)
    if case .deviceHours(_, _, let utilisation) = budget, utilisation > 1 {
      throw .invalid(quantity: "the utilisation", value: utilisation, domain: "at most 1")
    }
    try positive("the tokens D", tokens)
    try positive("the largest N", constraints.maxTotalParameters)
    try positive("the largest N_a", constraints.maxActiveParameters)
    try positive("A", constraints.activation?.bounds.lowerBound)
    try positive("G", constraints.granularity?.bounds.lowerBound)
    try positive("G", constraints.granularity?.bounds.upperBound)
    if let high = constraints.activation?.bounds.upperBound, !(high <= 1) {
      throw .invalid(quantity: "A", value: high, domain: "at most 1")
    }
    try validateCounts()
  }

  /// Bounds within which no count of parameters or FLOPs leaves 64 bits.
  private func validateCounts() throws(PlanError) {
    let layers = constraints.layers ?? 1...1024
    try count("the multiple of experts", constraints.expertsMultiple, 1...65_536)
    try count("the layers", layers.lowerBound, 1...1024)
    try count("the layers", layers.upperBound, 1...1024)
    try count("the dense layers", constraints.denseLayers ?? 0, 0...(layers.upperBound - 1))
    try count("the shared experts", constraints.sharedExperts, 0...65_536)
    try count("the sequence length", constraints.seqLen, 2...1_048_576)
    try count("the vocabulary", constraints.vocab, 1...16_777_216)
  }

  private func positive(_ quantity: String, _ value: Double?) throws(PlanError) {
    guard let value, !(value > 0 && value.isFinite) else { return }
    throw .invalid(quantity: quantity, value: value, domain: "above 0")
  }

  private func count(
    _ quantity: String, _ value: Int, _ range: ClosedRange<Int>
  ) throws(PlanError) {
    guard !range.contains(value) else { return }
    throw .invalid(
      quantity: quantity, value: Double(value),
      domain: "from \(range.lowerBound) to \(range.upperBound)")
  }
}

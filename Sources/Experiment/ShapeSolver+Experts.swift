import Foundation

extension ShapeSolver {
  /// E, E_a and E_s at `point`, in this order: G scales E_a and E_s, A gives E, S splits what is
  /// activated.
  func expertCounts(
    at point: ShapePoint, dExpert: Int?
  ) throws(ShapeError) -> (experts: Int, topK: Int, shared: Int) {
    var (topK, shared) = try activated(at: point.granularity ?? base.granularity, dExpert: dExpert)
    let activation = point.activation ?? base.activation
    guard activation <= .one, let experts = (Ratio(topK) / activation).wholeValue else {
      throw .impossible(
        axis: .activation, value: activation, reason: .fractionalExperts(topK: topK),
        nearest: nearestActivation(activation, topK: topK))
    }
    guard experts <= ShapeSolver.mostExperts else {
      throw .impossible(
        axis: .activation, value: activation, reason: .tooManyExperts(topK: topK),
        nearest: Ratio(topK, ShapeSolver.mostExperts))
    }
    if let ratio = point.sharedRatio {
      let total = topK + shared
      // S = (E_a + E_s − E) / (E_a + E_s) is the least that leaves no more than E to route.
      let least = Ratio(max(0, total - experts), total)
      guard let split = (ratio * Ratio(total)).wholeValue, split < total else {
        let nearest = min(total - 1, Int((ratio.doubleValue * Double(total)).rounded()))
        throw .impossible(
          axis: .sharedRatio, value: ratio, reason: .fractionalShared(activated: total),
          nearest: max(least, Ratio(nearest, total)))
      }
      guard ratio >= least else {
        throw .impossible(
          axis: .sharedRatio, value: ratio,
          reason: .notEnoughExperts(experts: experts, activated: total), nearest: least)
      }
      (topK, shared) = (total - split, split)
    }
    return (experts, topK, shared)
  }

  /// Leading dense layers at `point` in a model of `layers`.
  func denseLayers(at point: ShapePoint, layers: Int) throws(ShapeError) -> Int {
    let value = point.denseLayers ?? Ratio(base.denseLayers)
    guard let count = value.wholeValue ?? (value * Ratio(layers)).wholeValue else {
      let nearest = Int((value.doubleValue * Double(layers)).rounded())
      throw .impossible(
        axis: .denseLayers, value: value, reason: .fractionalLayers(layers: layers),
        nearest: Ratio(min(layers - 1, nearest), layers))
    }
    guard count < layers else {
      throw .impossible(
        axis: .denseLayers, value: value, reason: .noMoELayer(layers: layers),
        nearest: Ratio(layers - 1))
    }
    return count
  }

  /// E_a and E_s at granularity `value`; `dExpert` is the base's, when it is known.
  private func activated(
    at value: Ratio, dExpert: Int?
  ) throws(ShapeError) -> (topK: Int, shared: Int) {
    let factor = value / base.granularity
    guard let topK = (factor * Ratio(base.topK)).wholeValue,
      let shared = (factor * Ratio(base.sharedExperts)).wholeValue
    else {
      let divisor = Ratio.greatestCommonDivisor(
        base.topK.magnitude, base.sharedExperts.magnitude)
      let steps = max(1, Int((factor.doubleValue * Double(divisor)).rounded()))
      throw .impossible(
        axis: .granularity, value: value,
        reason: .fractionalActivated(
          topK: base.topK, sharedExperts: base.sharedExperts, base: base.granularity),
        nearest: base.granularity * Ratio(steps, Int(divisor)))
    }
    // d_expert = dExpert / factor rounds to at least one up to a factor of twice dExpert.
    if let dExpert, factor > Ratio(2 * dExpert) {
      throw .impossible(
        axis: .granularity, value: value, reason: .expertTooNarrow(dExpert: dExpert),
        nearest: base.granularity * Ratio(dExpert))
    }
    return (topK, shared)
  }

  private func nearestActivation(_ activation: Ratio, topK: Int) -> Ratio {
    let ideal = min(
      max(Double(topK), Double(topK) / activation.doubleValue), Double(ShapeSolver.mostExperts))
    let (below, above) = (ideal.rounded(.down), ideal.rounded(.up))
    return Ratio(topK, Int(log(ideal / below) <= log(above / ideal) ? below : above))
  }
}

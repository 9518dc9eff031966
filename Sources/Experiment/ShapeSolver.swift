import Foundation

/// Finds integer architectures for one family: a base shape for each target M, and the points of
/// its axes beside it at the same M.
///
/// M is training FLOPs a token in the `paper` convention. The base is solved against the target;
/// every other point shares its trunk (layers, d_model, heads, key-value heads) and is aimed at the
/// base's realised M, so that a budget's models differ in the swept axis and not in M.
public struct ShapeSolver: Sendable {
  public let kind: ModelKind
  public let base: BaseShape
  public let vocab: Int
  public let seqLen: Int

  public init(kind: ModelKind, base: BaseShape, vocab: Int, seqLen: Int) {
    self.kind = kind
    self.base = base
    self.vocab = vocab
    self.seqLen = seqLen
  }

  /// The shape of `point` beside `origin`, a base shape that `baseShape` found.
  ///
  /// Throws `ShapeError` with the nearest possible value when the point does not exist, and
  /// `outOfReach` when its M would be over 2 % off the origin's.
  public func shape(
    at point: ShapePoint, beside origin: Architecture
  ) throws(ShapeError) -> Architecture {
    var shape = origin
    if kind == .moe {
      let counts = try expertCounts(at: point, dExpert: origin.dExpert)
      shape.experts = counts.experts
      shape.topK = counts.topK
      shape.sharedExperts = counts.shared
      shape.denseLayers = try denseLayers(at: point, layers: origin.layers)
    }
    let target = Double(origin.trainingFLOPsPerToken())
    if let share = point.attentionShare {
      try fit(&shape, share: share, target: target)
    } else {
      setWidth(&shape, Int(idealWidth(shape, target: target).rounded()))
    }
    let realised = shape.trainingFLOPsPerToken()
    guard abs(Double(realised) / target - 1) <= ShapeSolver.worstError else {
      throw .outOfReach(target: target, nearest: realised)
    }
    return shape
  }

  /// The largest relative distance from a target M that is accepted.
  public static let worstError = 0.02
  /// The relative distance from a target M within which no further improvement is looked for.
  public static let goodError = 0.005

  /// The largest E: beyond every published model, and small enough that counts fit 64 bits.
  public static let mostExperts = 65_536

  /// The feed-forward width unit that brings `shape` to `target`, before rounding: d_expert, or
  /// d_ffn for a dense model. All layers have the same activated width.
  func idealWidth(_ shape: Architecture, target: Double) -> Double {
    let attention = shape.attentionProjectionFLOPs + shape.attentionScoreFLOPs
    let rest = target / 3 - Double(attention)
    return rest / Double(6 * shape.layers * shape.dModel * unitsOfWidth(shape))
  }

  /// Sets d_expert, and d_ffn of the dense layers to the activated width.
  func setWidth(_ shape: inout Architecture, _ width: Int) {
    switch kind {
    case .dense: shape.dFFN = width
    case .moe:
      shape.dExpert = width
      shape.dFFN = shape.denseLayers > 0 ? shape.activatedWidth : 0
    }
  }

  private func unitsOfWidth(_ shape: Architecture) -> Int {
    kind == .dense ? 1 : shape.topK + shape.sharedExperts
  }

  /// Chooses d_model and the width unit for an attention share. Widths are multiples of twice the
  /// heads, which keeps the heads and their evenness.
  private func fit(
    _ shape: inout Architecture, share: Ratio, target: Double
  ) throws(ShapeError) {
    var best: (cost: Double, miss: Double, shape: Architecture)?
    var candidate = shape
    for dModel in stride(from: 2 * shape.heads, through: .max, by: 2 * shape.heads) {
      candidate.dModel = dModel
      let width = Int(idealWidth(candidate, target: target).rounded())
      guard width >= 1 else { break }
      setWidth(&candidate, width)
      let realised = candidate.attentionShare(base.attentionShareDefinition).doubleValue
      let miss = abs(log(realised / share.doubleValue))
      let error = abs(Double(candidate.trainingFLOPsPerToken()) / target - 1)
      let cost = miss + 10 * max(0, error - ShapeSolver.goodError)
      if best.map({ cost < $0.cost }) ?? true { best = (cost, miss, candidate) }
    }
    guard let best, best.miss <= 0.1 else {
      let nearest = best?.shape.attentionShare(base.attentionShareDefinition)
      throw .impossible(
        axis: .attentionShare, value: share,
        reason: .shareOutOfReach(layers: shape.layers, heads: shape.heads),
        nearest: nearest.map { Ratio(Int(($0.doubleValue * 1000).rounded()), 1000) })
    }
    shape = best.shape
  }
}

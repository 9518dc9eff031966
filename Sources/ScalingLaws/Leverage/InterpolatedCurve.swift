import Foundation

/// Loss over x as straight segments between points in log-log axes, strictly falling.
///
/// Points that noise has put out of order are pooled: neighbours whose losses rise become one point
/// at the mean of their logarithms, until every loss is below the one before. Outside the points the
/// end segments continue.
public struct InterpolatedCurve: Hashable, Codable, Sendable {
  /// log x, rising.
  public private(set) var logX: [Double]
  /// log L, falling.
  public private(set) var logLoss: [Double]

  /// - Throws: `invalidPoint`; `tooFewPoints` when fewer than two are left after pooling.
  public init(_ points: [CurvePoint]) throws(ScalingLawsError) {
    try points.validate()
    self.init(pooling: points.map { (log($0.x), log($0.loss), Double($0.replicates)) })
    guard logX.count >= 2 else {
      throw .tooFewPoints(form: "local interpolation", have: logX.count, need: 2)
    }
  }

  /// Pools adjacent violators, weighted by the runs behind each point.
  init(pooling points: [(logX: Double, logLoss: Double, weight: Double)]) {
    var blocks: [(x: Double, y: Double, weight: Double)] = []
    for point in points.sorted(by: { ($0.logX, $0.logLoss) < ($1.logX, $1.logLoss) }) {
      var block = (x: point.logX, y: point.logLoss, weight: point.weight)
      while let last = blocks.last, last.y <= block.y || last.x >= block.x {
        let weight = last.weight + block.weight
        block = (
          (last.x * last.weight + block.x * block.weight) / weight,
          (last.y * last.weight + block.y * block.weight) / weight, weight
        )
        blocks.removeLast()
      }
      blocks.append(block)
    }
    logX = blocks.map(\.x)
    logLoss = blocks.map(\.y)
  }

  /// The x that the points span, after pooling.
  public var range: FittedRange { FittedRange(exp(logX.first ?? 0), exp(logX.last ?? 0)) }

  /// The x at which the segments reach `loss`.
  ///
  /// - Throws: `curveNotFalling` when fewer than two points are left.
  public func inverse(of loss: Double) throws(ScalingLawsError) -> Double {
    guard logX.count >= 2 else { throw .curveNotFalling(exponent: 0) }
    let y = log(loss)
    // The segment whose lower end is the first point at or below the loss, or an end segment.
    let after = logLoss.firstIndex { $0 <= y } ?? logLoss.count - 1
    let right = min(max(after, 1), logLoss.count - 1)
    let left = right - 1
    let fraction = (y - logLoss[left]) / (logLoss[right] - logLoss[left])
    return exp(logX[left] + fraction * (logX[right] - logX[left]))
  }
}

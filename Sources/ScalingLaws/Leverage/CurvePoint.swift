import Foundation

/// One point of a loss curve.
public struct CurvePoint: Hashable, Sendable {
  /// Compute or seconds.
  public var x: Double
  public var loss: Double
  /// Runs whose losses were averaged.
  public var replicates: Int

  public init(x: Double, loss: Double, replicates: Int = 1) {
    self.x = x
    self.loss = loss
    self.replicates = replicates
  }
}

extension [CurvePoint] {
  /// Smallest and largest x.
  var range: FittedRange { FittedRange(map(\.x).min() ?? 0, map(\.x).max() ?? 0) }

  /// log of the geometric mean of x, the centre that forms are fitted about.
  var logCentre: Double { reduce(0) { $0 + log($1.x) } / Double(count) }

  /// Refuses what has no logarithm.
  ///
  /// - Throws: `invalidPoint`.
  func validate() throws(ScalingLawsError) {
    for (index, point) in enumerated() {
      for value in [point.x, point.loss] where !(value.isFinite && value > 0) {
        throw .invalidPoint(index: index, value: value)
      }
    }
  }
}

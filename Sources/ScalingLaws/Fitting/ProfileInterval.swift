import Foundation

/// A likelihood-ratio interval: the values of a parameter at which the fit, all others free again, is
/// not significantly worse.
public struct ProfileInterval: Hashable, Codable, Sendable {
  /// Nil: no value down to the end of the box is significantly worse; not identified on that side.
  public var low: Double?
  /// Nil: none up to the end of the box.
  public var high: Double?

  public init(low: Double?, high: Double?) {
    self.low = low
    self.high = high
  }
}

/// The search for the ends of profile intervals.
///
/// With S the objective and u the noise's unit, 2·(S(θₖ) − S_min)/u is distributed as F(1, n − p); an
/// end is where its root reaches Student's t.
struct ProfileSearch {
  var problem: FitProblem
  var sample: FitSample
  var best: BoundedMinimiser.End
  var curvature: Curvature
  /// Student's t at the level.
  var threshold: Double

  /// Refits that a side may take.
  private static let limit = 60

  /// Both ends in the coordinate θ.
  func interval(of index: Int) -> ProfileInterval {
    ProfileInterval(
      low: end(of: index, toward: problem.bounds.lower[index]),
      high: end(of: index, toward: problem.bounds.upper[index]))
  }

  private func end(of index: Int, toward bound: Double) -> Double? {
    let origin = best.theta[index]
    let room = bound - origin
    guard room != 0, curvature.riseUnit.isFinite else { return nil }
    let error = curvature.standardErrors[index] ?? .infinity
    var step = min(threshold * error, abs(room))
    if !(step > 0) { step = abs(room) }
    var warm = best.theta
    /// The root of the statistic less its threshold; moves `warm` along the profile.
    func excess(_ distance: Double) -> Double {
      let value = origin + (room < 0 ? -distance : distance)
      warm[index] = value
      let end = problem.holding(index, at: value).minimum(of: sample, from: warm)
      if end.value.isFinite { warm = end.theta }
      let rise = max(end.value - best.value, 0)
      return rise.isFinite ? (2 * rise / curvature.riseUnit).squareRoot() - threshold : .infinity
    }
    var inner = (distance: 0.0, excess: -threshold)
    var outer = (distance: step, excess: excess(step))
    var refits = 1
    while outer.excess < 0 {
      guard outer.distance < abs(room), refits < Self.limit else { return nil }
      inner = outer
      outer.distance = min(outer.distance * 1.6, abs(room))
      outer.excess = excess(outer.distance)
      refits += 1
    }
    // Regula falsi with the Illinois rule, between a point inside and one outside.
    var lastSide = 0
    while refits < Self.limit, outer.distance - inner.distance > 1e-7 * outer.distance {
      let slope = (outer.excess - inner.excess) / (outer.distance - inner.distance)
      let inside = slope.isFinite ? inner.distance - inner.excess / slope : .nan
      let middle =
        inside > inner.distance && inside < outer.distance
        ? inside : (inner.distance + outer.distance) / 2
      let value = excess(middle)
      refits += 1
      if abs(value) < 1e-8 * threshold { return origin + (room < 0 ? -middle : middle) }
      if value < 0 {
        inner = (middle, value)
        if lastSide < 0 { outer.excess /= 2 }
        lastSide = -1
      } else {
        outer = (middle, value)
        if lastSide > 0 { inner.excess /= 2 }
        lastSide = 1
      }
    }
    let distance = (inner.distance + outer.distance) / 2
    return origin + (room < 0 ? -distance : distance)
  }
}

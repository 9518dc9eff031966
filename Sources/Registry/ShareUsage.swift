import Foundation

/// What a study has used of the cluster lately: what it holds, summed over time, of which half is
/// forgotten every hour.
struct ShareUsage: Hashable {
  /// Slots that it holds; a GPU counts as `slotsPerGPU`.
  var held: Int
  /// Slot-seconds as of `at`.
  var used: Double
  /// Milliseconds since 1970.
  var at: Int64

  static let slotsPerGPU = 16
  static let halfLife = 3600.0
  /// Seconds for which a run that has just begun counts in advance, so that slots that come free at
  /// once are shared as well.
  static let advance = 600.0

  /// Slots as which an attempt counts: the larger of its CPUs and its GPUs.
  static func charge(cpus: Int, gpus: Int) -> Int { max(cpus, slotsPerGPU * gpus) }

  /// Slot-seconds at `now`: the solution of used' = held − used · ln 2 / halfLife.
  func used(at now: Int64) -> Double {
    let seconds = elapsed(to: now)
    guard seconds > 0 else { return used }
    let kept = exp2(-seconds / Self.halfLife)
    return used * kept + Double(held) * Self.halfLife / M_LN2 * (1 - kept)
  }

  /// What studies are ranked by; the least is served first.
  func share(at now: Int64, weight: Double) -> Double {
    (used(at: now) + Double(held) * Self.advance) / weight
  }

  /// Seconds since `at`; a clock that was set back takes nothing away.
  func elapsed(to now: Int64) -> Double { Double(max(0, now - at)) / 1000 }
}

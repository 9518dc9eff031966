import Foundation
import Registry

/// How long a run takes on one slot, from the runs that were measured.
struct TimeEstimate: Sendable {
  /// FLOPs a second, logits and router included, before anything was measured: what one core of a
  /// current server reaches on small models.
  static let unmeasured = 6e10

  /// Runs that were timed.
  var measured: [Throughput]

  /// Seconds for a run of `compute` FLOPs in the paper's count and `work` in all: at the pace of the
  /// measured run that is most like it, dense or not, and nearest in C.
  func seconds(isDense: Bool, compute: Double, work: Double) -> Double {
    let alike = measured.filter { $0.isDense == isDense }
    let nearest = (alike.isEmpty ? measured : alike).min {
      abs(log($0.flops / compute)) < abs(log($1.flops / compute))
    }
    return work / (nearest?.flopsPerSecond ?? Self.unmeasured)
  }
}

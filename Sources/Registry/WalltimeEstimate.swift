import Foundation
import GRDB

/// How long runs take, from the classes of which some have finished.
struct WalltimeEstimate {
  /// How fast one class trained.
  struct Measured {
    var isDense: Bool
    var budget: Double
    /// FLOPs a second, logits and router included.
    var speed: Double
  }

  var measured: [Measured] = []

  /// What the grid says; else the class's own pace; else that of the class that is most like it,
  /// dense or not, and nearest in C. None while nothing was measured.
  func seconds(of entry: QueueClass) -> Double? {
    if let walltime = entry.walltime { return walltime }
    if let speed = entry.speed { return entry.work / speed }
    let alike = measured.filter { $0.isDense == entry.isDense }
    func distance(_ other: Measured) -> Double {
      abs(log(max(other.budget, 1)) - log(max(entry.budget, 1)))
    }
    let nearest = (alike.isEmpty ? measured : alike).min { distance($0) < distance($1) }
    return nearest.map { entry.work / $0.speed }
  }
}

extension Database {
  /// The hundred classes that were measured last.
  func measuredClasses() throws -> [WalltimeEstimate.Measured] {
    try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT is_dense, budget, speed FROM queue_class
          WHERE speed IS NOT NULL ORDER BY id DESC LIMIT 100
          """)
    ).map { WalltimeEstimate.Measured(isDense: $0[0], budget: $0[1], speed: $0[2]) }
  }
}

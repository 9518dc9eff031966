import Foundation

/// The time as the registry stores it; an input, so that tests may set it.
struct WallClock: Sendable {
  /// Milliseconds since 1970.
  var now: @Sendable () -> Int64

  static let system = WallClock { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
}

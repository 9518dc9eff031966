import Wire

/// How many requests the holder of a token may make: so many a second, and as many at once as it has
/// saved up in two.
struct RequestAllowance: Hashable, Sendable {
  /// A second. A token may be shared by a cluster's workers, who report all the time; people and
  /// their scripts ask less.
  let rate: Double
  private var saved: Double
  private var at: Int64

  init(_ role: Role, now: Int64) {
    self.init(rate: role == .worker ? 50_000 : 500, now: now)
  }

  init(rate: Double, now: Int64) {
    self.rate = rate
    saved = 2 * rate
    at = now
  }

  /// Spends one request; false when there is none to spend.
  mutating func spend(now: Int64) -> Bool {
    saved = min(2 * rate, saved + rate * Double(max(0, now - at)) / 1000)
    at = max(at, now)
    guard saved >= 1 else { return false }
    saved -= 1
    return true
  }
}

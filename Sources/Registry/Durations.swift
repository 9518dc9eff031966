import Synchronization

/// How long something took, over and over: a histogram that many threads add to and one reads.
public final class Durations: Sendable {
  /// What was recorded so far.
  public struct Snapshot: Hashable, Sendable {
    /// How many took at most each of `bounds` and more than the one before; the last took longer.
    public var counts: [Int]
    /// Of all, seconds.
    public var sum: Double
    /// How many were recorded.
    public var count: Int { counts.reduce(0, +) }
  }

  /// Upper ends of the buckets, seconds: a fast commit to a held long poll.
  public static let bounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  private let content = Mutex(
    Snapshot(counts: Array(repeating: 0, count: Durations.bounds.count + 1), sum: 0))

  public init() {}

  /// Adds one.
  public func record(_ duration: Duration) {
    let (whole, attoseconds) = duration.components
    let seconds = Double(whole) + Double(attoseconds) / 1e18
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    content.withLock {
      $0.counts[bucket] += 1
      $0.sum += seconds
    }
  }

  /// What was recorded so far.
  public var snapshot: Snapshot { content.withLock { $0 } }
}

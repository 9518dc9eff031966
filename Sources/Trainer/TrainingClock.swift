import Foundation

/// Where a training process reads the time, in seconds since any fixed moment.
public struct TrainingClock: Sendable {
  /// Wall-clock time, never running backwards.
  public var wall: @Sendable () -> Double
  /// CPU time that this thread has used.
  public var cpu: @Sendable () -> Double

  /// A clock that calls these.
  public init(wall: @escaping @Sendable () -> Double, cpu: @escaping @Sendable () -> Double) {
    self.wall = wall
    self.cpu = cpu
  }

  /// The machine's clocks.
  public static let system = TrainingClock(
    wall: { seconds(CLOCK_MONOTONIC) }, cpu: { seconds(CLOCK_THREAD_CPUTIME_ID) })
}

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The time since it was made, on a clock that may be any.
struct Stopwatch: Sendable {
  let elapsed: @Sendable () -> Duration

  init<Timer: Clock>(_ clock: Timer) where Timer.Duration == Duration {
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
  }
}

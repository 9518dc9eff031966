/// How a trainer is checked.
public struct ConformanceSettings: Hashable, Sendable {
  /// Steps of a practice run.
  public var steps: Int
  /// From SIGTERM to the exit.
  public var grace: Duration
  /// How long a trainer may print nothing before it counts as hung.
  public var silence: Duration
  /// Whether an interrupted run has to end in the very loss of an undisturbed one.
  public var exact: Bool

  /// A worker's grace, two minutes of silence.
  public init(
    steps: Int = 200, grace: Duration = .seconds(5), silence: Duration = .seconds(120),
    exact: Bool = false
  ) {
    self.steps = steps
    self.grace = grace
    self.silence = silence
    self.exact = exact
  }
}

/// When checkpoints are written, and what is kept. Nothing of it changes a run's result.
public struct CheckpointPolicy: Hashable, Sendable {
  /// Steps from one checkpoint to the next; nil where only time counts.
  public var steps: Int?
  /// Seconds from one checkpoint to the next; nil where only steps count.
  public var seconds: Double?
  /// The newest checkpoints that are kept, at least 1.
  public var kept: Int
  /// Whether a finished run leaves its weights in `model.safetensors`.
  public var keepsWeights: Bool

  /// A checkpoint each five minutes, the last two kept, unless told otherwise.
  public init(
    steps: Int? = nil, seconds: Double? = 300, kept: Int = 2, keepsWeights: Bool = true
  ) {
    self.steps = steps
    self.seconds = seconds
    self.kept = kept
    self.keepsWeights = keepsWeights
  }

  /// Whether a checkpoint is due so many steps and seconds after the last one.
  func isDue(steps: Int, seconds: Double) -> Bool {
    self.steps.map { steps >= $0 } ?? false || self.seconds.map { seconds >= $0 } ?? false
  }
}

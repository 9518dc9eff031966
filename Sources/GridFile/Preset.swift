public import Experiment

/// A published model by name: its architecture, how it was trained, what its paper counts.
public struct Preset: Hashable, Sendable {
  /// How the model was trained; each nil where its paper does not say.
  public struct Training: Hashable, Sendable {
    /// D.
    public var tokens: Double?
    /// C, training FLOPs in the paper's own count.
    public var compute: Double?
    /// Peak learning rate η.
    public var learningRate: Double?
    /// B in sequences.
    public var batchSequences: Int?

    public init(
      tokens: Double? = nil, compute: Double? = nil, learningRate: Double? = nil,
      batchSequences: Int? = nil
    ) {
      self.tokens = tokens
      self.compute = compute
      self.learningRate = learningRate
      self.batchSequences = batchSequences
    }
  }

  /// Parameters as the paper prints them, without the vocabulary.
  public struct Published: Hashable, Sendable {
    public var parameters: Double?
    public var activeParameters: Double?

    public init(parameters: Double? = nil, activeParameters: Double? = nil) {
      self.parameters = parameters
      self.activeParameters = activeParameters
    }
  }

  /// The file's name without its ending.
  public var name: String
  /// The paper, and where in it.
  public var source: String
  /// The shape; validated when read from a file.
  public var architecture: Architecture
  /// How it was trained.
  public var training: Training
  /// What its paper counts.
  public var published: Published
}

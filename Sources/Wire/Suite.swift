/// What a model is measured by on held-out text, besides the loss that training records.
public enum Suite: String, Hashable, Codable, Sendable, CaseIterable {
  /// The loss on the documents of each source.
  case sources
  /// The last word of a passage, among four.
  case cloze
}

/// One number of an evaluation: a metric over the text of one source, or of all.
public struct SuiteScore: Hashable, Codable, Sendable {
  public enum Metric: String, Hashable, Codable, Sendable, CaseIterable {
    /// Nats a token.
    case loss
    case bitsPerByte = "bits_per_byte"
    /// The share of items whose right word has the lowest loss a byte, strictly.
    case accuracyPerByte = "accuracy_per_byte"
    /// The share of items whose right word has the lowest loss a token, strictly.
    case accuracyPerToken = "accuracy_per_token"
  }

  /// What `source` says of all sources together.
  public static let all = "all"

  public var source: String
  public var metric: Metric
  public var value: Double
  /// A 95 % interval, where there is one.
  public var low: Double?
  public var high: Double?
  /// Tokens behind a loss, bytes behind bits a byte, items behind an accuracy.
  public var count: Int
  /// Documents, or items: what the number is a mean over.
  public var samples: Int
  /// The metric of each sample, in the suite's order, where they are kept: what pairs two models.
  /// Those of all sources are those of each, one after the other, and kept there.
  public var values: [Double]?
  /// The weight of each sample, its tokens for a loss; none where all weigh the same.
  public var weights: [Double]?

  public init(
    source: String, metric: Metric, value: Double, low: Double? = nil, high: Double? = nil,
    count: Int, samples: Int, values: [Double]? = nil, weights: [Double]? = nil
  ) {
    self.source = source
    self.metric = metric
    self.value = value
    self.low = low
    self.high = high
    self.count = count
    self.samples = samples
    self.values = values
    self.weights = weights
  }

  /// The same without its samples.
  public var summary: SuiteScore {
    var summary = self
    summary.values = nil
    summary.weights = nil
    return summary
  }
}

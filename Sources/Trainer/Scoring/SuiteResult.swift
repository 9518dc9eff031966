public import Wire

/// What a suite says of a model.
public struct SuiteResult: Sendable {
  public let suite: Suite
  /// Of the questions: equal digests, equal questions.
  public let sha256: String
  /// What guessing would score, where that is a number.
  public let chance: Double?
  /// Source by source, all of them last.
  public let scores: [SuiteScore]
}

/// Called with the share of the work that is done, in [0, 1].
public typealias ScoringProgress = (Double) -> Void

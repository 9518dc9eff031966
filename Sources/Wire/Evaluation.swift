/// `POST /v1/evaluations`: what a suite says of one checkpoint of a run.
public struct EvaluationSubmission: Hashable, Codable, Sendable {
  /// Of the run's canonical spec: which run it is.
  public var specSHA256: String
  /// Of the file with the weights.
  public var checkpointSHA256: String
  /// Optimiser steps that the weights have seen.
  public var step: Int
  public var suite: Suite
  /// Of the text that the model was scored on, however it was cut and drawn: equal digests, equal
  /// questions.
  public var suiteSHA256: String
  /// Of the manifest of the corpus that the text comes from.
  public var corpusSHA256: String
  /// What guessing would score, where that is a number.
  public var chance: Double?
  /// What may move the last digits, by name: instruction set, library and program versions.
  public var environment: [String: String]
  public var scores: [SuiteScore]

  public init(
    specSHA256: String, checkpointSHA256: String, step: Int, suite: Suite, suiteSHA256: String,
    corpusSHA256: String, chance: Double?, environment: [String: String], scores: [SuiteScore]
  ) {
    self.specSHA256 = specSHA256
    self.checkpointSHA256 = checkpointSHA256
    self.step = step
    self.suite = suite
    self.suiteSHA256 = suiteSHA256
    self.corpusSHA256 = corpusSHA256
    self.chance = chance
    self.environment = environment
    self.scores = scores
  }

  private enum CodingKeys: String, CodingKey {
    case specSHA256 = "spec_sha256"
    case checkpointSHA256 = "checkpoint_sha256"
    case step, suite
    case suiteSHA256 = "suite_sha256"
    case corpusSHA256 = "corpus_sha256"
    case chance, environment, scores
  }
}

/// The reply: the evaluation's number, its run, and whether it is new.
public struct EvaluationReply: Hashable, Codable, Sendable {
  public var id: Int64
  public var run: Int64
  public var inserted: Bool

  public init(id: Int64, run: Int64, inserted: Bool) {
    self.id = id
    self.run = run
    self.inserted = inserted
  }
}

/// A row of `GET /v1/evaluations`: one evaluation with its scores.
public struct EvaluationRow: Hashable, Codable, Sendable {
  public var id: Int64
  public var run: Int64
  public var study: String
  public var checkpointSHA256: String
  public var step: Int
  public var suite: Suite
  public var suiteSHA256: String
  public var corpusSHA256: String
  public var chance: Double?
  public var environment: [String: String]
  /// Milliseconds since 1970.
  public var createdAt: Int64
  public var scores: [SuiteScore]

  public init(
    id: Int64, run: Int64, study: String, checkpointSHA256: String, step: Int, suite: Suite,
    suiteSHA256: String, corpusSHA256: String, chance: Double?, environment: [String: String],
    createdAt: Int64, scores: [SuiteScore]
  ) {
    self.id = id
    self.run = run
    self.study = study
    self.checkpointSHA256 = checkpointSHA256
    self.step = step
    self.suite = suite
    self.suiteSHA256 = suiteSHA256
    self.corpusSHA256 = corpusSHA256
    self.chance = chance
    self.environment = environment
    self.createdAt = createdAt
    self.scores = scores
  }

  private enum CodingKeys: String, CodingKey {
    case id, run, study
    case checkpointSHA256 = "checkpoint_sha256"
    case step, suite
    case suiteSHA256 = "suite_sha256"
    case corpusSHA256 = "corpus_sha256"
    case chance, environment
    case createdAt = "created_at"
    case scores
  }
}

/// Which evaluations `GET /v1/evaluations` lists.
public struct EvaluationFilter: Hashable, Sendable {
  /// Only of these runs; none: of any.
  public var runs: [Int64]
  public var study: String?
  public var suite: Suite?
  /// Whether the scores come with their samples.
  public var withSamples: Bool

  public init(
    runs: [Int64] = [], study: String? = nil, suite: Suite? = nil, withSamples: Bool = false
  ) {
    self.runs = runs
    self.study = study
    self.suite = suite
    self.withSamples = withSamples
  }
}

/// One fitted number of a law, with its interval.
public struct LawParameter: Hashable, Codable, Sendable {
  public var name: String
  public var value: Double
  /// None where the fit gave no interval.
  public var low: Double?
  public var high: Double?

  public init(name: String, value: Double, low: Double? = nil, high: Double? = nil) {
    self.name = name
    self.value = value
    self.low = low
    self.high = high
  }
}

/// A row of `GET /v1/laws`: the newest law of its name in its study.
public struct LawRow: Hashable, Codable, Sendable {
  public var id: Int64
  public var study: String
  /// What it predicts, as `dense-loss`.
  public var name: String
  /// Its functional form, as `power-law`.
  public var form: String
  public var parameters: [LawParameter]
  public var warnings: [String]
  /// How many runs it was fitted to.
  public var runs: Int
  /// Milliseconds since 1970.
  public var createdAt: Int64

  public init(
    id: Int64, study: String, name: String, form: String, parameters: [LawParameter],
    warnings: [String], runs: Int, createdAt: Int64
  ) {
    self.id = id
    self.study = study
    self.name = name
    self.form = form
    self.parameters = parameters
    self.warnings = warnings
    self.runs = runs
    self.createdAt = createdAt
  }

  private enum CodingKeys: String, CodingKey {
    case id, study, name, form, parameters, warnings, runs
    case createdAt = "created_at"
  }
}

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

/// A row of `GET /v1/laws`: a fitted law.
public struct LawRow: Hashable, Codable, Sendable {
  public var id: Int64
  public var study: String
  /// The grid that it was fitted to; none when it was the whole study.
  public var grid: String?
  /// What it predicts, as `dense-loss`.
  public var name: String
  /// Its functional form, as `power-law`.
  public var form: String
  public var parameters: [LawParameter]
  public var warnings: [String]
  public var detail: LawDetail
  /// How many runs it was fitted to.
  public var runs: Int
  /// Digest of the runs and options behind it.
  public var inputSHA256: String
  /// Milliseconds since 1970.
  public var createdAt: Int64

  public init(
    id: Int64, study: String, grid: String? = nil, name: String, form: String,
    parameters: [LawParameter], warnings: [String], detail: LawDetail = LawDetail(), runs: Int,
    inputSHA256: String, createdAt: Int64
  ) {
    self.id = id
    self.study = study
    self.grid = grid
    self.name = name
    self.form = form
    self.parameters = parameters
    self.warnings = warnings
    self.detail = detail
    self.runs = runs
    self.inputSHA256 = inputSHA256
    self.createdAt = createdAt
  }

  /// The parameter of that name.
  public func parameter(_ name: String) -> LawParameter? {
    parameters.first { $0.name == name }
  }

  /// That parameter's value.
  public func value(_ name: String) -> Double? { parameter(name)?.value }

  private enum CodingKeys: String, CodingKey {
    case id, study, grid, name, form, parameters, warnings, detail, runs
    case inputSHA256 = "input_sha256"
    case createdAt = "created_at"
  }
}

/// `GET /v1/laws/ID`: one law with the runs behind it.
public struct LawReport: Hashable, Codable, Sendable {
  public var law: LawRow
  public var runs: [Int64]

  public init(law: LawRow, runs: [Int64]) {
    self.law = law
    self.runs = runs
  }
}

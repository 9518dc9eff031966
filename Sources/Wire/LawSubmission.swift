/// `POST /v1/laws`: a law that was fitted on demand, to be recorded with the runs behind it.
public struct LawSubmission: Hashable, Codable, Sendable {
  public var study: String
  public var name: String
  public var form: String
  public var parameters: [LawParameter]
  public var warnings: [String]
  /// Digest of the rows and options behind it.
  public var inputSHA256: String
  public var detail: LawDetail
  public var runs: [Int64]

  public init(
    study: String, name: String, form: String, parameters: [LawParameter], warnings: [String],
    inputSHA256: String, detail: LawDetail = LawDetail(), runs: [Int64]
  ) {
    self.study = study
    self.name = name
    self.form = form
    self.parameters = parameters
    self.warnings = warnings
    self.inputSHA256 = inputSHA256
    self.detail = detail
    self.runs = runs
  }

  private enum CodingKeys: String, CodingKey {
    case study, name, form, parameters, warnings
    case inputSHA256 = "input_sha256"
    case detail, runs
  }
}

/// The reply: the law's number, and whether it is new.
public struct LawReply: Hashable, Codable, Sendable {
  public var id: Int64
  public var inserted: Bool

  public init(id: Int64, inserted: Bool) {
    self.id = id
    self.inserted = inserted
  }
}

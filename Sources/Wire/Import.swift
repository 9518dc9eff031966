/// `POST /v1/imports`: finished runs from elsewhere, each checked by the sender. They travel as
/// columns, which take half the time of objects to write and read.
public struct ImportRequest: Hashable, Codable, Sendable {
  public var source: ImportSource
  /// In the order of the file.
  public var runs: [ImportedRun]
  /// Answer, insert nothing.
  public var dryRun: Bool

  public init(source: ImportSource, runs: [ImportedRun], dryRun: Bool) {
    self.source = source
    self.runs = runs
    self.dryRun = dryRun
  }

  private enum CodingKeys: String, CodingKey {
    case source, runs
    case dryRun = "dry_run"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    source = try container.decode(ImportSource.self, forKey: .source)
    let columns = try container.decode(RunColumns.self, forKey: .runs)
    guard columns.areEven else {
      throw DecodingError.dataCorruptedError(
        forKey: .runs, in: container, debugDescription: "the columns differ in length")
    }
    runs = columns.runs
    dryRun = try container.decode(Bool.self, forKey: .dryRun)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(source, forKey: .source)
    try container.encode(RunColumns(runs), forKey: .runs)
    try container.encode(dryRun, forKey: .dryRun)
  }
}

/// Where imported runs came from and how they were read: the identity of their grid.
public struct ImportSource: Hashable, Codable, Sendable {
  public var study: String
  public var grid: String
  /// The file's name without its folder, and the digest of its bytes.
  public var file: String
  public var sha256: String
  /// How the file was read, as `csv`.
  public var format: String
  /// Target and expression, as `loss` and `lm_loss`.
  public var mapping: [String: String]
  /// Template of the family's name; none where it follows from A.
  public var family: String?
  /// Columns that tell architectures apart, and columns kept as they are.
  public var group: [String]
  public var keep: [String]
  /// Conditions on rows, as `split=train`.
  public var conditions: [String]
  /// How what is missing among N, D, M and C was derived, as `6N`.
  public var convention: String

  public init(
    study: String, grid: String, file: String, sha256: String, format: String,
    mapping: [String: String], family: String?, group: [String], keep: [String],
    conditions: [String], convention: String
  ) {
    self.study = study
    self.grid = grid
    self.file = file
    self.sha256 = sha256
    self.format = format
    self.mapping = mapping
    self.family = family
    self.group = group
    self.keep = keep
    self.conditions = conditions
    self.convention = convention
  }
}

/// The reply to an import.
public struct ImportReply: Hashable, Codable, Sendable {
  /// The grid that was made; none in a dry run, and where no run was new.
  public var gridID: Int64?
  /// Runs of the request, of them those that the study did not have, and those that it had. A row
  /// that repeats another of the request counts as had.
  public var runs: Int
  public var new: Int
  public var existing: Int

  public init(gridID: Int64?, runs: Int, new: Int, existing: Int) {
    self.gridID = gridID
    self.runs = runs
    self.new = new
    self.existing = existing
  }

  private enum CodingKeys: String, CodingKey {
    case gridID = "grid_id"
    case runs, new, existing
  }
}

/// Where a worker's attempts work, so that the daemon knows what a later attempt can read of them.
public struct RunFolder: Hashable, Codable, Sendable {
  /// The folder's own identity, the same on every node that sees it.
  public var id: String
  /// The machine that the worker runs on.
  public var node: String
  /// Whether other nodes see the folder too.
  public var isShared: Bool

  public init(id: String, node: String, isShared: Bool) {
    self.id = id
    self.node = node
    self.isShared = isShared
  }

  private enum CodingKeys: String, CodingKey {
    case id, node
    case isShared = "shared"
  }
}

/// `POST /v1/checkpoints/expired`: a worker asks what it need not keep any longer.
public struct KeptCheckpoints: Hashable, Codable, Sendable {
  /// A run of which it has checkpoints.
  public struct Run: Hashable, Codable, Sendable {
    public var run: Int64
    /// Of its spec as it lies in the folder: another daemon's run may have the same number.
    public var specSHA256: String

    public init(run: Int64, specSHA256: String) {
      self.run = run
      self.specSHA256 = specSHA256
    }

    private enum CodingKeys: String, CodingKey {
      case run
      case specSHA256 = "spec_sha256"
    }
  }

  public var runs: [Run]

  public init(runs: [Run]) { self.runs = runs }
}

/// The reply: runs that nothing will resume any more.
public struct ExpiredCheckpoints: Hashable, Codable, Sendable {
  public var runs: [Int64]

  public init(runs: [Int64]) { self.runs = runs }
}

/// `POST /v1/webhooks`: who is to be told of which events.
public struct WebhookRequest: Hashable, Codable, Sendable {
  public var url: String
  /// Names of events, as `run.failed`; never empty.
  public var events: [String]
  /// A file on the daemon's machine with the key of the signatures.
  public var secretFile: String?

  public init(url: String, events: [String], secretFile: String?) {
    self.url = url
    self.events = events
    self.secretFile = secretFile
  }

  private enum CodingKeys: String, CodingKey {
    case url, events
    case secretFile = "secret_file"
  }
}

/// A webhook as a list has it: where it stands, and its address without what may be a secret in it.
public struct WebhookRow: Hashable, Codable, Sendable {
  public enum State: String, Codable, Sendable {
    /// Everything so far is delivered, or about to be.
    case delivering
    /// The last try failed; the next one comes.
    case retrying
    /// Given up until a person resumes it; nothing is lost.
    case setAside = "set_aside"
  }

  public var id: Int64
  /// Scheme and host: what follows may be a secret.
  public var place: String
  public var events: [String]
  public var isSigned: Bool
  public var state: State
  /// Events that were taken so far.
  public var delivered: Int
  /// Milliseconds since 1970.
  public var deliveredAt: Int64?
  /// Tries in a row at the next event.
  public var failures: Int
  public var nextAt: Int64?
  /// Why the last try failed.
  public var problem: String?

  public init(
    id: Int64, place: String, events: [String], isSigned: Bool, state: State, delivered: Int,
    deliveredAt: Int64?, failures: Int, nextAt: Int64?, problem: String?
  ) {
    self.id = id
    self.place = place
    self.events = events
    self.isSigned = isSigned
    self.state = state
    self.delivered = delivered
    self.deliveredAt = deliveredAt
    self.failures = failures
    self.nextAt = nextAt
    self.problem = problem
  }

  private enum CodingKeys: String, CodingKey {
    case id, place, events
    case isSigned = "signed"
    case state, delivered
    case deliveredAt = "delivered_at"
    case failures
    case nextAt = "next_at"
    case problem
  }
}

/// `POST /v1/webhooks/{id}/test`: what the receiver said to a test message.
public struct WebhookAnswer: Hashable, Codable, Sendable {
  /// HTTP's status; none when there was no answer.
  public var status: Int?
  /// Why it would count as failed.
  public var problem: String?

  public init(status: Int?, problem: String?) {
    self.status = status
    self.problem = problem
  }
}

extension RegistryEvent.Kind {
  /// What people and webhooks call it: `run.failed`.
  public var name: String {
    let words = rawValue.split(separator: "_", maxSplits: 1)
    return words.joined(separator: ".")
  }

  /// The kind of that name.
  public init?(name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

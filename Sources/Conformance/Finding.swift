/// Whether a trainer keeps one promise.
public struct Finding: Hashable, Sendable {
  public enum Verdict: String, Codable, Sendable {
    case passed, failed
    /// It was not looked at: not claimed, or what it needs did not work.
    case skipped
  }

  public var promise: TrainerPromise
  public var verdict: Verdict
  /// What was seen.
  public var why: String

  /// A finding about `promise`.
  public init(_ promise: TrainerPromise, _ verdict: Verdict, _ why: String) {
    self.promise = promise
    self.verdict = verdict
    self.why = why
  }

  static func passed(_ promise: TrainerPromise, _ why: String) -> Finding {
    Finding(promise, .passed, why)
  }

  static func failed(_ promise: TrainerPromise, _ why: String) -> Finding {
    Finding(promise, .failed, why)
  }

  static func skipped(_ promise: TrainerPromise, _ why: String) -> Finding {
    Finding(promise, .skipped, why)
  }

  /// Passed with `facts`, or failed for the first fault there is.
  static func judged(
    _ promise: TrainerPromise, _ faults: [String?], else facts: String
  ) -> Finding {
    if let fault = faults.lazy.compactMap(\.self).first { return failed(promise, fault) }
    return passed(promise, facts)
  }
}

extension Finding: Encodable {
  private enum CodingKeys: String, CodingKey { case check, promise, verdict, why, mend }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(promise, forKey: .check)
    try container.encode(promise.title, forKey: .promise)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(why, forKey: .why)
    try container.encode(verdict == .failed ? promise.remedy : nil, forKey: .mend)
  }
}

extension RunSpec {
  /// The numbers that matrix products read. Weights, sums, moments and gradients are float32 always.
  public enum Precision: String, Codable, Sendable, CaseIterable {
    case float32
    /// Both factors rounded to 8 bits of significand, where the processor has such products.
    case bfloat16
  }
}

// The default is left out of JSON: what was written before there was a choice keeps its identity.

extension KeyedEncodingContainer {
  mutating func encode(_ value: RunSpec.Precision, forKey key: Key) throws {
    if value != .float32 { try encode(value.rawValue, forKey: key) }
  }
}

extension KeyedDecodingContainer {
  func decode(_ type: RunSpec.Precision.Type, forKey key: Key) throws -> RunSpec.Precision {
    try decodeIfPresent(type, forKey: key) ?? .float32
  }
}

extension DecodingError {
  /// The failure in one line: the key's path and what was expected there. `whole` is what the JSON is
  /// called where no key is at fault.
  public func summary(of whole: String) -> String {
    func path(_ keys: [any CodingKey]) -> String {
      keys.isEmpty ? whole : "`\(keys.map(\.stringValue).joined(separator: "."))`"
    }
    return switch self {
    case .keyNotFound(let key, let context):
      "\(path(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
      "\(path(context.codingPath)): \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }
}

/// What the holder of a token may do.
public enum Role: String, Codable, Sendable, CaseIterable {
  /// Everything, tokens included.
  case admin
  /// Submitting, importing, recording and cancelling; and all that `read` may.
  case submit
  /// Looking at results.
  case read
  /// What a worker needs: to register, lease and report. It sees no results.
  case worker

  /// Whether a holder of this role may do what asks for `needed`.
  public func includes(_ needed: Role) -> Bool {
    switch self {
    case .admin: true
    case .submit: needed == .submit || needed == .read
    case .read, .worker: needed == self
    }
  }
}

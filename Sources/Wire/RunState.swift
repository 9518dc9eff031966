/// Where a run stands: `queued → leased → finished | diverged | failed | cancelled`.
public enum RunState: String, Codable, Sendable, CaseIterable {
  case queued, leased, finished, diverged, failed, cancelled

  /// Whether nothing will happen to it by itself.
  public var isEnded: Bool {
    switch self {
    case .queued, .leased: false
    case .finished, .diverged, .failed, .cancelled: true
    }
  }
}

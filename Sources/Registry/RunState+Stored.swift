import Wire

extension RunState {
  /// The state that a row holds. Throws `.unreadable`.
  init(stored: String) throws {
    guard let state = RunState(rawValue: stored) else {
      throw RegistryError.unreadable("run state '\(stored)'")
    }
    self = state
  }
}

import Synchronization

/// How far several files are, told at each tenth of the whole.
final class TransferProgress: Sendable {
  private struct State {
    var done: Int
    var file = 0
    var tenths: Int
  }

  private let total: Int
  private let tell: @Sendable (Int) -> Void
  private let state: Mutex<State>

  /// `done` of `total` bytes are there; `tell` gets the bytes that are there at each tenth.
  init(of total: Int, done: Int, tell: @escaping @Sendable (Int) -> Void) {
    self.total = max(total, 1)
    self.tell = tell
    state = Mutex(State(done: done, tenths: 10 * done / max(total, 1)))
  }

  /// A file goes on at this size.
  func begin(at size: Int) { state.withLock { $0.file = size } }

  /// The file has this size now; one that starts over has less than before.
  func reached(_ size: Int) {
    let news = state.withLock { state -> Int? in
      state.done += size - state.file
      state.file = size
      let tenths = 10 * state.done / total
      guard tenths > state.tenths, tenths < 10 else { return nil }
      state.tenths = tenths
      return state.done
    }
    if let news { tell(news) }
  }
}

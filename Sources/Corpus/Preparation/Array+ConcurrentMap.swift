import Foundation
import Synchronization

extension Array where Element: Sendable {
  /// The results of `body` in order, computed on all cores. After the first error nothing new is
  /// begun, and that error is thrown.
  func concurrentMap<Result: Sendable>(
    _ body: @Sendable (Element) throws -> Result
  ) throws -> [Result] {
    let state = Mutex<(results: [Result?], failure: (any Error)?)>(
      ([Result?](repeating: nil, count: count), nil))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      guard state.withLock({ $0.failure == nil }) else { return }
      do {
        let result = try body(self[index])
        state.withLock { $0.results[index] = result }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.results.compactMap(\.self)
    }
  }
}

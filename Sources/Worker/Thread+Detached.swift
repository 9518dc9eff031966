import Foundation

extension Thread {
  /// Does long work on a thread of its own, off those that Swift's tasks share.
  static func detached<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
  }
}

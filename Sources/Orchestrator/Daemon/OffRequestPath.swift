import Dispatch
import Synchronization

/// The value of `work`, done at low priority off the threads that serve requests.
///
/// Work cannot be interrupted: when the task is cancelled this throws `CancellationError` at once, and
/// what the work comes to is dropped. A daemon that is asked to leave does not wait for a fit.
func offRequestPath<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  let answer = Answer<Value>()
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      answer.await(continuation)
      DispatchQueue.global(qos: .utility).async { answer.give(Result(catching: work)) }
    }
  } onCancel: {
    answer.give(.failure(CancellationError()))
  }
}

/// Something that one of two gives first, before or after it is waited for; the other one's is dropped.
private final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case given(Result<Value, any Error>)
    case taken
  }

  private let state = Mutex(State.open)

  func await(_ continuation: CheckedContinuation<Value, any Error>) {
    let early: Result<Value, any Error>? = state.withLock { state in
      if case .given(let result) = state {
        state = .taken
        return result
      }
      state = .awaited(continuation)
      return nil
    }
    if let early { continuation.resume(with: early) }
  }

  func give(_ result: Result<Value, any Error>) {
    let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
      switch state {
      case .open:
        state = .given(result)
        return nil
      case .awaited(let continuation):
        state = .taken
        return continuation
      case .given, .taken:
        return nil
      }
    }
    continuation?.resume(with: result)
  }
}

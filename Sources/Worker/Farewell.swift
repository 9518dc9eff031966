/// Lets the last words of a cancelled task be said: the work goes on for `limit` after the
/// cancellation, and is cancelled only then.
struct Farewell: Sendable {
  var limit: Duration
  var clock: any Clock<Duration>

  func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
    let task = Task { await work() }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: { [limit, clock] in
      Task {
        try? await clock.sleep(for: limit)
        task.cancel()
      }
    }
  }
}

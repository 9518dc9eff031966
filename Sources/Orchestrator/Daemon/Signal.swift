/// A level that waiters look at again whenever it is raised: a hint to look sooner, never the state
/// itself.
actor Signal {
  private var version: UInt64 = 0
  private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiter: UInt64 = 0

  /// How often it was raised; compare with a later value to see whether anything happened between.
  var count: UInt64 { version }

  /// Wakes everyone who waits.
  func raise() {
    version += 1
    let woken = waiters
    waiters = [:]
    for waiter in woken.values { waiter.resume() }
  }

  /// Returns once it was raised after `seen`, when the task is cancelled, or after `limit`.
  func wait(after seen: UInt64, limit: Duration) async {
    guard version == seen, limit > .zero else { return }
    let id = nextWaiter
    nextWaiter += 1
    let timer = Task {
      try? await Task.sleep(for: limit)
      wake(id)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { waiters[id] = continuation }
      }
    } onCancel: {
      Task { await wake(id) }
    }
    timer.cancel()
  }

  private func wake(_ id: UInt64) { waiters.removeValue(forKey: id)?.resume() }
}

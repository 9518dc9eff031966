import Registry
import Wire

/// What people do to the queue. Whoever waits for a run looks again afterwards.
extension Desk {
  /// Stops or resumes leasing the runs of a study or a grid; those that are leased go on.
  func pause(_ request: PauseRequest, _ paused: Bool) async throws -> PauseReply {
    let changed: Bool
    switch (request.study, request.grid) {
    case (let study?, nil):
      changed = try await registry.pause(study: study, paused, now: clock.now())
    case (nil, let grid?):
      changed = try await registry.pause(grid: grid, paused, now: clock.now())
    default:
      throw APIError(.invalid, "it takes one of study and grid", hint: "name the one to pause")
    }
    if changed, !paused { await queue.raise() }
    return PauseReply(paused: paused, changed: changed)
  }

  /// Puts failed and cancelled runs back into the queue.
  func retry(_ request: RetryRequest) async throws -> RetryReply {
    let now = clock.now()
    var requeued = try await registry.retry(runs: request.runs, now: now)
    if let grid = request.grid { requeued += try await registry.retry(grid: grid, now: now) }
    if let study = request.study { requeued += try await registry.retry(study: study, now: now) }
    if !requeued.isEmpty { await queue.raise() }
    return RetryReply(requeued: requeued)
  }

  /// Changes how a study shares the cluster.
  func change(study: String, _ change: StudyChange) async throws -> StudyQueue {
    let state = try await registry.change(study: study, change, now: clock.now())
    await queue.raise()
    return state
  }

  /// How a study shares the cluster.
  func queue(ofStudy study: String) async throws -> StudyQueue {
    try await registry.queue(ofStudy: study, now: clock.now())
  }

  /// Trusts a host again.
  func clear(host: String) async throws -> ClearReply {
    let cleared = try await registry.clear(host: host, now: clock.now())
    if cleared { await queue.raise() }
    return ClearReply(cleared: cleared)
  }

  /// Why a run is not running.
  func explanation(run: Int64) async throws -> Explanation {
    try await registry.explanation(run: run, now: clock.now())
  }

  /// Why nothing of a grid is running.
  func explanation(grid: Int64) async throws -> GridExplanation {
    try await registry.explanation(grid: grid, now: clock.now())
  }

  /// An attempt has ended: what it held may let another worker's wish be granted, unless its own slot
  /// has taken that.
  func freed(leased: Bool) async throws {
    guard !leased, try await registry.hasQueue() else { return }
    await queue.raise()
  }
}

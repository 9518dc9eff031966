import Client
import Wire

/// Tells the daemon about an attempt, and the attempt what the daemon answers.
struct Reporter: Sendable {
  /// What the reports came to.
  enum Verdict: Hashable, Sendable {
    /// The daemon takes what this attempt says, or was not heard.
    case accepted
    /// The run is another's, or nobody's, by now.
    case lost
    /// The daemon cannot use what the trainer says.
    case refused(APIError)
  }

  let outbox: Outbox
  let link: DaemonLink
  /// Between reports; also between tries while the daemon is unreachable.
  let period: Duration
  /// How long the work goes on without a word from the daemon.
  let orphanLimit: Duration

  /// Reports once a period, and when there is a checkpoint, until the task is cancelled or the daemon
  /// wants no more.
  func run(_ work: some Undertaking) async -> Verdict {
    let clock = link.retry.clock
    let (due, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    outbox.onCheckpoint { tell.yield() }
    let ticks = Task { while (try? await clock.sleep(for: period)) != nil { tell.yield() } }
    defer { ticks.cancel() }
    var silence = Stopwatch(clock)
    for await _ in due {
      outbox.cut()
      while let report = outbox.oldest {
        do {
          let reply = try await link.askOnce { client throws(ClientError) in
            try await client.report(report)
          }
          silence = Stopwatch(clock)
          outbox.delivered()
          obey(reply.directive, work)
        } catch {
          if error.isTransient {
            if silence.elapsed() >= orphanLimit { work.release(reason: Self.orphaned) }
            break
          }
          let verdict = Self.verdict(on: error)
          if verdict != .accepted { work.stop(reason: "its reports are not wanted: \(error)") }
          return verdict
        }
      }
    }
    return .accepted
  }

  private static let orphaned = "the daemon was not heard for longer than --orphan-limit"

  /// What a lasting error says about the attempt.
  static func verdict(on error: ClientError) -> Verdict {
    switch error {
    case .api(let refusal):
      switch refusal.code {
      case .leaseLost, .notFound, .conflict: .lost
      case .invalid, .refused, .busy, .unavailable, .internal, .unauthenticated, .forbidden,
        .tooLarge,
        .tooManyRequests:
        .refused(refusal)
      }
    case .badReply(_, _, let reason), .invalidBody(let reason):
      .refused(APIError(.invalid, reason))
    case .unreachable, .untrusted, .invalidAddress, .unwritable, .cancelled: .accepted
    }
  }

  private func obey(_ directive: ReportReply.Directive, _ work: some Undertaking) {
    switch directive {
    case .continue: break
    case .checkpoint: work.requestCheckpoint()
    case .stop: work.stop(reason: "the daemon ended the run")
    }
  }
}

import Client
import Supervision
import Wire

/// Tells the daemon about a running trainer, and the trainer what the daemon answers.
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

  /// Reports once a period until the task is cancelled or the daemon wants no more.
  func run(_ trainer: TrainerProcess) async -> Verdict {
    while (try? await link.retry.clock.sleep(for: period)) != nil {
      outbox.cut()
      while let report = outbox.oldest {
        do {
          let reply = try await link.askOnce { client throws(ClientError) in
            try await client.report(report)
          }
          outbox.delivered()
          obey(reply.directive, trainer)
        } catch {
          if error.isTransient { break }
          let verdict = Self.verdict(on: error)
          if verdict != .accepted { trainer.stop(reason: "its reports are not wanted: \(error)") }
          return verdict
        }
      }
    }
    return .accepted
  }

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
    case .unreachable, .untrusted, .invalidAddress, .cancelled: .accepted
    }
  }

  private func obey(_ directive: ReportReply.Directive, _ trainer: TrainerProcess) {
    switch directive {
    case .continue: break
    case .checkpoint: trainer.requestCheckpoint()
    case .stop: trainer.stop(reason: "the daemon ended the run")
    }
  }
}

import Foundation
import Wire

/// One message to a webhook, ready to be posted: the body and the headers of the Standard Webhooks
/// convention (standardwebhooks.com), so that its libraries verify it.
struct WebhookMessage {
  /// The same for each try at one event.
  var id: String
  var body: Data
  /// Without a key, nothing is signed.
  var key: Data?

  /// The header lines of a try at `now`, milliseconds since 1970.
  ///
  /// What is signed is `id.timestamp.body`: a receiver that refuses old timestamps cannot be sent an
  /// old message again.
  func headers(now: Int64) -> [String] {
    let timestamp = "\(now / 1000)"
    var lines = ["webhook-id: \(id)", "webhook-timestamp: \(timestamp)"]
    if let key {
      let code = HMAC.sha256(Data("\(id).\(timestamp).".utf8) + body, key: key)
      lines.append("webhook-signature: v1,\(code.base64EncodedString())")
    }
    return lines
  }

  /// The key that a secret file holds: `whsec_` and base64 as the convention has it, or any text,
  /// without the white space around it.
  static func key(in file: String) throws -> Data {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw APIError(
        .invalid, "the secret file \(file) cannot be read",
        hint: "name a text file on the daemon's machine, by its full path")
    }
    let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !secret.isEmpty else { throw APIError(.invalid, "the secret file \(file) is empty") }
    guard secret.hasPrefix("whsec_") else { return Data(secret.utf8) }
    guard let key = Data(base64Encoded: String(secret.dropFirst(6))), !key.isEmpty else {
      throw APIError(.invalid, "the secret in \(file) is not base64 after whsec_")
    }
    return key
  }
}

extension WebhookMessage {
  /// What a receiver gets. `text` is what Slack and Mattermost show.
  private struct Body: Encodable {
    var id: String
    var event: String
    var text: String
    /// RFC 3339, UTC.
    var at: String
    var sequence: Int64?
    var study: String?
    var grid: Int64?
    var run: Int64?
    var epoch: Int?
    var worker: String?
    var detail: [String: Table.Value]?
  }

  /// The message about `event` to webhook `hook`.
  init(_ event: RegistryEvent, to hook: Int64, key: Data?) throws {
    // A registry that was restored counts on from an earlier number: the time tells events apart.
    id = "\(hook)-\(event.sequence)-\(event.at)"
    self.key = key
    body = try Self.encode(
      Body(
        id: id, event: event.kind.name, text: event.sentence, at: Self.time(event.at),
        sequence: event.sequence, study: event.study, grid: event.grid, run: event.run,
        epoch: event.epoch, worker: event.worker,
        detail: event.detail.isEmpty ? nil : event.detail))
  }

  /// A message about nothing, to try a webhook.
  init(testing hook: Int64, now: Int64, key: Data?) throws {
    id = "\(hook)-test-\(now)"
    self.key = key
    body = try Self.encode(
      Body(id: id, event: "test", text: "a test message of the orchestrator", at: Self.time(now)))
  }

  private static func encode(_ body: Body) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(body)
  }

  private static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension RegistryEvent {
  /// What happened, for people.
  var sentence: String {
    let place = study.map { " of study \($0)" } ?? ""
    let run = self.run.map { "run \($0)" } ?? "a run"
    let grid = self.grid.map { "grid \($0)" } ?? "a grid"
    func fact(_ name: String) -> String? {
      detail[name].flatMap { $0 == .null ? nil : $0.description }
    }
    let what =
      switch kind {
      case .gridSubmitted: "\(grid)\(place) was submitted"
      case .gridExpanded: "\(grid)\(place) has its laws and its runs"
      case .gridSettled: "\(grid)\(place) is settled"
      case .runsImported: "runs\(place) were imported"
      case .runLeased: "\(run)\(place) was leased"
      case .runWarned: "\(run)\(place) warns"
      case .runFinished: "\(run)\(place) finished"
      case .runDiverged: "\(run)\(place) diverged"
      case .runFailed: "\(run)\(place) failed"
      case .runCancelled: "\(run)\(place) was cancelled"
      case .runRequeued: "\(run)\(place) is back in the queue"
      case .runLost: "\(run)\(place) lost its worker"
      case .runRevived: "\(run)\(place) has its worker back"
      case .workerJoined: "worker \(worker ?? "") joined"
      case .workerLeft: "worker \(worker ?? "") left"
      case .schedulingChanged: "\(fact("what") ?? "its schedule")\(place) was set"
      case .nodeSetAside: "a host was set aside"
      case .nodeCleared: "a host gets runs again"
      case .evaluationRecorded: "an evaluation of \(run)\(place) was recorded"
      case .tokenCreated: "a token was created"
      case .tokenRevoked: "a token was revoked"
      case .lawRecorded: "law \(fact("name") ?? "")\(place) was recorded"
      }
    let more =
      fact("message") ?? fact("problem") ?? fact("reason") ?? fact("loss").map { "loss \($0)" }
    return more.map { "\(what): \($0)" } ?? what
  }
}

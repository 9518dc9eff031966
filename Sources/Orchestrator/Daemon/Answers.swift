import Client
import Foundation
import Registry
import Wire

/// The questions that commands ask: the daemon answers them over HTTP, a registry's file directly.
protocol AnswerSource: Sendable {
  func status() async throws -> Status
  func runs(_ filter: RunFilter) async throws -> [RunRow]
  func run(_ id: Int64) async throws -> RunDetail
  func series(run: Int64, metric: String) async throws -> Series
  func leverage(study: String?) async throws -> [LeverageRow]
  func laws(study: String?) async throws -> [LawRow]
  func law(_ id: Int64) async throws -> LawReport
  func evaluations(_ filter: EvaluationFilter) async throws -> [EvaluationRow]
  func sql(_ query: String) async throws -> Table
}

/// Answers from a registry: behind the daemon's routes, and for commands that name a file.
struct RegistryAnswers: AnswerSource {
  /// Most rows of one query, and the longest that it may take.
  static let rowLimit = 10_000
  static let timeLimit = Duration.seconds(10)

  var registry: Registry

  func status() async throws -> Status { try await registry.status() }
  func runs(_ filter: RunFilter) async throws -> [RunRow] { try await registry.runs(filter) }
  func run(_ id: Int64) async throws -> RunDetail { try await registry.run(id) }
  func series(run: Int64, metric: String) async throws -> Series {
    try await registry.series(run: run, metric: metric)
  }
  func leverage(study: String?) async throws -> [LeverageRow] {
    try await registry.leverage(study: study)
  }
  func laws(study: String?) async throws -> [LawRow] { try await registry.laws(study: study) }
  func law(_ id: Int64) async throws -> LawReport { try await registry.law(id) }
  func evaluations(_ filter: EvaluationFilter) async throws -> [EvaluationRow] {
    try await registry.evaluations(filter)
  }
  func sql(_ query: String) async throws -> Table {
    try await registry.query(query, rowLimit: Self.rowLimit, timeLimit: Self.timeLimit)
  }
}

/// Answers from the daemon.
struct DaemonAnswers: AnswerSource {
  var client: DaemonClient

  func status() async throws -> Status { try await client.status() }
  func runs(_ filter: RunFilter) async throws -> [RunRow] {
    try await client.runs(filter.queryItems)
  }
  func run(_ id: Int64) async throws -> RunDetail { try await client.get("/v1/runs/\(id)") }
  func series(run: Int64, metric: String) async throws -> Series {
    try await client.get("/v1/runs/\(run)/series/\(metric)")
  }
  func leverage(study: String?) async throws -> [LeverageRow] {
    try await client.get("/v1/leverage", Self.query(study: study))
  }
  func laws(study: String?) async throws -> [LawRow] {
    try await client.get("/v1/laws", Self.query(study: study))
  }
  func law(_ id: Int64) async throws -> LawReport { try await client.get("/v1/laws/\(id)") }
  func evaluations(_ filter: EvaluationFilter) async throws -> [EvaluationRow] {
    try await client.get("/v1/evaluations", filter.queryItems)
  }
  func sql(_ query: String) async throws -> Table {
    try await client.post("/v1/sql", SQLQuery(query: query))
  }

  private static func query(study: String?) -> [URLQueryItem] {
    study.map { [URLQueryItem(name: "study", value: $0)] } ?? []
  }
}

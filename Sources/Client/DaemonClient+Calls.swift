public import Foundation
public import Wire

/// The routes by name. Each call may be repeated: the daemon acts once.
extension DaemonClient {
  /// `PUT /v1/workers/{id}`.
  public func register(_ worker: WorkerRegistration) async throws(ClientError) -> WorkerWelcome {
    try await send(.put, "/v1/workers/\(Self.escaped(worker.id))", body: worker)
  }

  /// `DELETE /v1/workers/{id}`: the worker leaves.
  public func goodbye(worker: String) async throws(ClientError) {
    try await data(.delete, "/v1/workers/\(Self.escaped(worker))")
  }

  /// `POST /v1/leases`, which the daemon may hold for as long as the request says.
  public func lease(_ request: LeaseRequest) async throws(ClientError) -> LeaseReply {
    try await send(
      .post, "/v1/leases", body: request, waiting: .seconds(request.waitSeconds))
  }

  /// `POST /v1/reports`.
  public func report(_ report: Report) async throws(ClientError) -> ReportReply {
    try await send(.post, "/v1/reports", body: report)
  }

  /// `POST /v1/outcomes`, the wish for the next run with it.
  public func outcome(_ outcome: OutcomeReport) async throws(ClientError) -> LeaseReply {
    try await send(
      .post, "/v1/outcomes", body: outcome, waiting: .seconds(outcome.next?.waitSeconds ?? 0))
  }

  /// `POST /v1/checkpoints/expired`.
  public func expired(_ kept: KeptCheckpoints) async throws(ClientError) -> ExpiredCheckpoints {
    try await send(.post, "/v1/checkpoints/expired", body: kept)
  }

  /// `GET /v1/corpora/{sha256}`: the manifest's file, byte for byte.
  public func corpusManifest(sha256: String) async throws(ClientError) -> Data {
    try await data(.get, "/v1/corpora/\(Self.escaped(sha256))")
  }

  /// Where `download` finds a file of a corpus.
  public static func path(ofCorpus sha256: String, file: String) -> String {
    "/v1/corpora/\(escaped(sha256))/files/\(escaped(file))"
  }

  /// `POST /v1/grids`. Expanding a large grid takes its time.
  public func submit(_ submission: Submission) async throws(ClientError) -> SubmissionReply {
    try await send(.post, "/v1/grids", body: submission, waiting: .seconds(270))
  }

  /// `POST /v1/imports`. Recording many runs takes its time.
  public func importRuns(_ request: ImportRequest) async throws(ClientError) -> ImportReply {
    try await send(.post, "/v1/imports", body: request, waiting: .seconds(270))
  }

  /// `POST /v1/evaluations`.
  public func record(
    _ evaluation: EvaluationSubmission
  ) async throws(ClientError) -> EvaluationReply {
    try await send(.post, "/v1/evaluations", body: evaluation)
  }

  /// `GET /v1/status`.
  public func status() async throws(ClientError) -> Status {
    try await get("/v1/status")
  }

  /// `GET /v1/runs`, filtered by `query`.
  public func runs(_ query: [URLQueryItem] = []) async throws(ClientError) -> [RunRow] {
    try await get("/v1/runs", query)
  }

  /// Any reading route.
  public func get<Reply: Decodable>(
    _ path: String, _ query: [URLQueryItem] = []
  ) async throws(ClientError) -> Reply {
    var components = URLComponents()
    components.path = path
    components.queryItems = query.isEmpty ? nil : query
    // A `+` in a query means a space to many servers; URLComponents leaves it as it is.
    let text = (components.string ?? path).replacingOccurrences(of: "+", with: "%2B")
    return try await send(.get, text, body: String?.none)
  }

  /// Any acting route.
  public func post<Reply: Decodable>(
    _ path: String, _ body: some Encodable
  ) async throws(ClientError) -> Reply {
    try await send(.post, path, body: body)
  }

  /// `segment` as one part of a path.
  public static func escaped(_ segment: String) -> String {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove("/")
    return segment.addingPercentEncoding(withAllowedCharacters: allowed) ?? segment
  }
}

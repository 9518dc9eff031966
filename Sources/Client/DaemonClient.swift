public import Foundation
import Wire

/// The HTTP client of a daemon, for the worker and for the command line. Its copies share one set of
/// connections.
public struct DaemonClient: Sendable {
  /// HTTP's verbs that the daemon knows.
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// How it reaches the daemon.
  public let configuration: ClientConfiguration
  let transfers = TransferLoop()

  /// A client that connects when it is first used.
  public init(_ configuration: ClientConfiguration) {
    self.configuration = configuration
  }

  /// Sends `body` as JSON and decodes the reply. `waiting` is how long the daemon may hold its reply,
  /// beside the configured timeout.
  public func send<Reply: Decodable>(
    _ method: Method, _ path: String, body: (some Encodable)?, waiting: Duration = .zero
  ) async throws(ClientError) -> Reply {
    let data: Data?
    do {
      data = try body.map { try JSONEncoder().encode($0) }
    } catch {
      throw .invalidBody(reason: String(describing: error))
    }
    let response = try await exchange(method, path, body: data, waiting: waiting)
    do {
      return try JSONDecoder().decode(Reply.self, from: response.body)
    } catch {
      throw .badReply(
        url: configuration.address.url(of: path), status: response.status,
        reason: String(describing: error))
    }
  }

  /// Sends `body` as it is and returns the body of a reply that does not refuse.
  @discardableResult
  public func data(
    _ method: Method, _ path: String, body: Data? = nil, waiting: Duration = .zero
  ) async throws(ClientError) -> Data {
    try await exchange(method, path, body: body, waiting: waiting).body
  }

  private func exchange(
    _ method: Method, _ path: String, body: Data?, waiting: Duration
  ) async throws(ClientError) -> HTTPResponse {
    let url = configuration.address.url(of: path)
    let request = HTTPRequest(
      method: method.rawValue, url: url, body: body, timeout: configuration.timeout + waiting)
    let response = try await transfers.perform(request, configuration)
    try refuse(response, of: url)
    return response
  }

  /// Throws what a reply that refuses says.
  func refuse(_ response: HTTPResponse, of url: String) throws(ClientError) {
    guard (200..<300).contains(response.status) else {
      guard let refusal = try? JSONDecoder().decode(APIError.self, from: response.body) else {
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        throw .badReply(url: url, status: response.status, reason: "no error object but `\(text)`")
      }
      throw .api(refusal)
    }
  }
}

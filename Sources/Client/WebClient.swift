public import Foundation

/// Posts to any address of the web, for webhooks: no redirects are followed, and no more of the reply
/// than its status and its first words is looked at.
public struct WebClient: Sendable {
  /// What the receiver said.
  public struct Reply: Hashable, Sendable {
    /// HTTP's status.
    public var status: Int
    /// The body's beginning.
    public var text: String
  }

  private let transfers = TransferLoop()
  private let timeout: Duration

  /// A request takes at most `timeout` from start to end.
  public init(timeout: Duration = .seconds(10)) { self.timeout = timeout }

  /// Sends `body` as JSON with further header lines, as `Name: value`. Throws
  /// `ClientError.unreachable` when there is no reply and `.cancelled`.
  public func post(
    _ url: String, body: Data, headers: [String] = []
  ) async throws(ClientError) -> Reply {
    let request = HTTPRequest(
      method: "POST", url: url, body: body, timeout: timeout, headers: headers,
      replyLimit: Self.replyLimit)
    let response = try await transfers.perform(
      request, ClientConfiguration(address: .network(url), connectTimeout: .seconds(5)))
    return Reply(
      status: response.status, text: String(decoding: response.body.prefix(200), as: UTF8.self))
  }

  /// A receiver that talks without end fills no memory.
  private static let replyLimit = 4096
}

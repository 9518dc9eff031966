import Foundation

/// One route as the OpenAPI document describes it. Its examples are JSON that a person reads and that
/// the route's own types decode: a test holds them together.
struct APIOperation: Sendable {
  enum Method: String, Sendable { case get, post, put, delete }

  /// A body as it travels.
  struct Body: Sendable {
    /// The type that the route decodes or encodes.
    var type: String
    /// An example, JSON; for text the text itself.
    var example: String
    var isText = false
    /// Throws where `example` is no such body.
    var check: @Sendable (Data) throws -> Void

    /// JSON that decodes as `Value`.
    static func json<Value: Decodable & Sendable>(_ type: Value.Type, _ example: String) -> Body {
      Body(type: "\(type)", example: example) { _ = try JSONDecoder().decode(Value.self, from: $0) }
    }

    /// Plain text.
    static func text(_ example: String) -> Body {
      Body(type: "text", example: example, isText: true) { _ in }
    }
  }

  /// A parameter in the query.
  struct Parameter: Sendable {
    var name: String
    var about: String
  }

  var method: Method
  /// With its parameters in braces, as `/v1/runs/{id}`.
  var path: String
  var summary: String
  var query: [Parameter] = []
  var request: Body?
  /// None for a reply without a body, 204.
  var reply: Body?

  /// `GET /v1/runs/{id}`.
  var name: String { "\(method.rawValue.uppercased()) \(path)" }
}

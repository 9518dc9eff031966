import Foundation
import Hummingbird
import NIOCore
import Wire

/// Typed bodies on both sides of a route.
enum JSONBody {
  /// Largest request body: a grid file and a report both stay far below.
  static let limit = 4 << 20
  /// Largest import: some 800,000 runs of ten numbers each.
  static let importLimit = 256 << 20

  /// Decodes a request's body; what is wrong with it is named by its key.
  static func decode<Body: Decodable>(
    _ type: Body.Type, from request: Request, limit: Int = limit
  ) async throws -> Body {
    var request = request
    return try await decode(type, collecting: &request, limit: limit)
  }

  /// The same, where the request is still needed: its body is in memory then.
  static func decode<Body: Decodable>(
    _ type: Body.Type, collecting request: inout Request, limit: Int = limit
  ) async throws -> Body {
    let buffer: ByteBuffer
    do {
      buffer = try await request.collectBody(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError(
        .tooLarge, "the request's body is larger than \(limit) bytes",
        hint: "split it: reports and imports may be sent as often as needed")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
    } catch let error as DecodingError {
      throw APIError(
        .invalid, "the request's body is not a \(type): \(error.summary(of: "the body"))",
        hint: "docs/http.md has every field of every request")
    }
  }

  /// A 200 reply, or `status`, with `value` as JSON.
  static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws
    -> Response
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return response(ByteBuffer(bytes: try encoder.encode(value)), status: status)
  }

  /// A 200 reply of JSON that is text already.
  static func response(text: String) -> Response {
    response(ByteBuffer(string: text), status: .ok)
  }

  private static func response(_ body: ByteBuffer, status: HTTPResponse.Status) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json; charset=utf-8"],
      body: .init(byteBuffer: body))
  }
}

import Foundation
import Hummingbird
import Logging
import Registry
import Testing

@testable import Orchestrator

@Suite("The OpenAPI document is what the daemon serves")
struct OpenAPITests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/openapi.json")

  @Test("every route is described, and every description is a route")
  func routes() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "api-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let daemon = try await Daemon.open(
      registry: folder.appending(path: "registry.db").path, settings: DaemonSettings(data: folder),
      log: Logger(label: "test"))
    let served = Set(
      daemon.router.routes.map { route in
        let parts = "\(route.path)".split(separator: "/").map { part in
          part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
        }
        return "\(route.method.rawValue) /\(parts.joined(separator: "/"))"
      })
    let described = OpenAPI.operations.map(\.name)
    let added = served.subtracting(described).sorted()
    #expect(
      added.isEmpty,
      """
      served but not described: \(added.joined(separator: ", ")). Add an APIOperation for each, with \
      an example of its request and its reply, to the list that it belongs to in \
      Sources/Orchestrator/OpenAPI, then write docs/openapi.json anew: \
      orchestrator openapi > docs/openapi.json
      """)
    let gone = Set(described).subtracting(served).sorted()
    #expect(gone.isEmpty, "described but not served: \(gone.joined(separator: ", "))")
    #expect(Set(described).count == described.count, "a route is described twice")
  }

  @Test("docs/openapi.json is the document that the daemon serves")
  func file() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(
      try text == OpenAPI.document() + "\n",
      "write it anew: orchestrator openapi > docs/openapi.json")
  }

  @Test("each example is a body that its route takes or gives")
  func examples() throws {
    let data = try Data(contentsOf: Self.file)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
    for operation in OpenAPI.operations {
      let described = try #require(paths[operation.path]?[operation.method.rawValue])
      if let request = operation.request {
        let body = try #require(described["requestBody"] as? [String: Any])
        try request.check(try Self.example(body), of: operation)
      }
      if let reply = operation.reply, !reply.isText {
        let replies = try #require(described["responses"] as? [String: [String: Any]])
        try reply.check(try Self.example(try #require(replies["200"])), of: operation)
      }
    }
  }

  private static func example(_ body: [String: Any]) throws -> Data {
    let content = try #require(body["content"] as? [String: [String: Any]])
    let example = try #require(content["application/json"]?["example"])
    return try JSONSerialization.data(withJSONObject: example)
  }
}

extension APIOperation.Body {
  fileprivate func check(_ data: Data, of operation: APIOperation) throws {
    do {
      try check(data)
    } catch {
      Issue.record("\(operation.name): the example is no \(type): \(error)")
    }
  }
}

import Foundation

/// The OpenAPI document of the daemon's HTTP interface, made from the operations beside this file.
enum OpenAPI {
  /// Every route that the daemon serves.
  static var operations: [APIOperation] {
    workers + submissions + queue + queries + evaluations + tokens + webhooks + service
  }

  /// The document, JSON with sorted keys.
  static func document() throws -> String {
    var paths: [String: [String: Any]] = [:]
    for operation in operations {
      paths[operation.path, default: [:]][operation.method.rawValue] = try operation.description()
    }
    let document: [String: Any] = [
      "openapi": "3.1.0",
      "info": [
        "title": "orchestrator", "version": Version.current,
        "description": "Every route that acts may be repeated after a lost reply: it acts once.",
      ],
      "paths": paths,
      "components": [
        "schemas": [
          "Refusal": [
            "type": "object", "required": ["error", "message"],
            "properties": [
              "error": ["type": "string"], "message": ["type": "string"],
              "hint": ["type": "string"],
            ],
          ]
        ],
        "responses": [
          "Refusal": [
            "description": "What was wrong, and what would be right.",
            "content": [
              "application/json": ["schema": ["$ref": "#/components/schemas/Refusal"]]
            ],
          ]
        ],
      ],
    ]
    let data = try JSONSerialization.data(
      withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }
}

extension APIOperation {
  /// As the document has it.
  fileprivate func description() throws -> [String: Any] {
    var replies: [String: Any] = ["default": ["$ref": "#/components/responses/Refusal"]]
    if let reply {
      replies["200"] = ["description": reply.type, "content": try reply.content()]
    } else {
      replies["204"] = ["description": "done"]
    }
    var description: [String: Any] = ["summary": summary, "responses": replies]
    if !parameters.isEmpty { description["parameters"] = parameters }
    if let request {
      description["requestBody"] = ["required": true, "content": try request.content()]
    }
    return description
  }

  private var parameters: [[String: Any]] {
    let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
      [
        "name": String(part.dropFirst().dropLast()), "in": "path", "required": true,
        "schema": ["type": "string"],
      ] as [String: Any]
    }
    return inPath
      + query.map {
        [
          "name": $0.name, "in": "query", "required": false, "description": $0.about,
          "schema": ["type": "string"],
        ]
      }
  }
}

extension APIOperation.Body {
  fileprivate func content() throws -> [String: Any] {
    guard !isText else {
      return ["text/plain": ["schema": ["type": "string"], "example": example]]
    }
    let value = try JSONSerialization.jsonObject(
      with: Data(example.utf8), options: [.fragmentsAllowed])
    var schema = Self.schema(of: value)
    schema["title"] = type
    return ["application/json": ["schema": schema, "example": value]]
  }

  /// The shape of an example. What it leaves out is optional, so no key is said to be required.
  private static func schema(of value: Any) -> [String: Any] {
    switch value {
    case let object as [String: Any]:
      return ["type": "object", "properties": object.mapValues(schema(of:))]
    case let list as [Any]:
      return ["type": "array", "items": list.first.map(schema(of:)) ?? [:]]
    case is String: return ["type": "string"]
    case let number as NSNumber:
      return ["type": isBoolean(number) ? "boolean" : "number"]
    default: return [:]
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}

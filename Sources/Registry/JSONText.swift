import Foundation
import GRDB

/// JSON as a column holds it: text with sorted keys.
struct JSONText: DatabaseValueConvertible {
  let text: String

  /// Throws `.notFinite` when `value` holds a number that JSON cannot.
  init(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      text = String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch EncodingError.invalidValue(_, let context) {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw RegistryError.notFinite(path)
    }
  }

  private init(text: String) { self.text = text }

  /// An object whose keys keep the order of the axes: JSONEncoder has no ordered dictionary.
  static func object(_ point: [NewRun.Coordinate]) throws -> JSONText {
    let members = try point.map {
      "\(try JSONText($0.axis).text):\(try JSONText($0.value).text)"
    }
    return JSONText(text: "{\(members.joined(separator: ","))}")
  }

  /// The value that `text`, found in `column`, stands for. Throws `.unreadable`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from text: String, column: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw RegistryError.unreadable("\(column) '\(text.prefix(80))'")
    }
  }

  var databaseValue: DatabaseValue { text.databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> JSONText? {
    String.fromDatabaseValue(value).map(JSONText.init(text:))
  }
}

import Foundation
import GRDB

@testable import Registry

/// A registry that an earlier version of the program wrote, copied to a folder of its own.
final class Sample: Sendable {
  /// Files of `Samples`, oldest first.
  static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(
        atPath: Checkout.root.appending(path: "Tests/RegistryTests/Samples").path
      ).filter { $0.hasSuffix(".sqlite") }.sorted()
    }
  }

  let folder: URL
  var path: String { folder.appending(path: "registry.db").path }

  init(_ name: String = "v001.sqlite") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sample-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Checkout.root.appending(path: "Tests/RegistryTests/Samples/\(name)"),
      to: folder.appending(path: "registry.db"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Changes the file behind the program's back: no rule of the schema is held.
  func tamper(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
      for trigger in try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      {
        try database.execute(sql: "DROP TRIGGER \(trigger)")
      }
      try database.execute(sql: sql)
    }
    try queue.close()
  }

  /// Each row of `query` as text.
  static func rows(_ query: String, at path: String) throws -> [[String]] {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { database in
      try Row.fetchAll(database, sql: query).map { $0.databaseValues.map(\.description) }
    }
  }

  /// The names of the columns that `query` returns.
  static func columns(_ query: String, at path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { try $0.makeStatement(sql: query).columnNames }
  }
}

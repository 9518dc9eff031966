import Foundation
import GRDB

/// The one place with SQL: what was asked for, what ran, what came out, and the laws fitted to it.
///
/// Each public method that writes is one transaction that keeps the invariants, and returns after
/// it is on disk. Times are milliseconds since 1970 and come in as parameters. Every method throws
/// `RegistryError`, or `CancellationError` when its task is cancelled.
public final class Registry: Sendable {
  private let reader: any DatabaseReader
  private let writer: DatabasePool?
  /// For the statements that people write; apart from `reader`, for these may take their time.
  private let questions: DatabasePool
  private let lock: LockFile?
  /// The file, without links in its path.
  private let path: String

  private init(
    reader: any DatabaseReader, writer: DatabasePool?, lock: LockFile?, path: String
  ) throws {
    self.reader = reader
    self.writer = writer
    self.lock = lock
    self.path = path
    var configuration = Self.configuration(readOnly: true)
    configuration.label = "questions"
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase(QueryGuard.prepare)
    questions = try DatabasePool(path: path, configuration: configuration)
  }

  /// Opens the registry at `path` to write, creating or migrating it.
  ///
  /// Throws `.locked` when another process writes it, `.newerSchema` when a newer program has.
  public static func open(_ path: String) throws -> Registry {
    let path = try RegistryPath.canonical(path)
    let lock = try LockFile(path + ".lock")
    return try opening(path) {
      let pool = try DatabasePool(path: path, configuration: configuration(readOnly: false))
      try pool.read { try Migrations.refuseNewer($0, path: path) }
      try Migrations.migrator.migrate(pool)
      // Turning the write-ahead log on has set NORMAL, which may lose the last commits with the
      // power. A reply may leave only after its commit is on disk.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      return try Registry(reader: pool, writer: pool, lock: lock, path: path)
    }
  }

  /// Opens the registry at `path` to read, beside the daemon that writes it or without one.
  ///
  /// Throws `.cannotOpen` when there is none, `.newerSchema` and `.olderSchema` when its tables
  /// are not the ones that this program knows.
  public static func openReadOnly(_ path: String) throws -> Registry {
    guard FileManager.default.fileExists(atPath: path) else {
      throw RegistryError.cannotOpen(path: path, reason: "there is no such file")
    }
    return try opening(path) {
      let pool = try DatabasePool(path: path, configuration: configuration(readOnly: true))
      try pool.read { database in
        try Migrations.refuseNewer(database, path: path)
        guard try Migrations.migrator.hasCompletedMigrations(database) else {
          throw RegistryError.olderSchema(path: path)
        }
      }
      return try Registry(reader: pool, writer: nil, lock: nil, path: path)
    }
  }

  /// Ends the connections; whatever is called later throws.
  public func close() throws {
    try questions.close()
    try reader.close()
  }

  /// Bytes of the write-ahead log beside the file: what is not yet in the file itself. It grows while
  /// someone reads one old view of the file, and starts over once nobody does.
  public var walBytes: Int64 {
    var status = stat()
    return stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }

  /// One consistent view of the file.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await reader.read(body)
    } catch let error as DatabaseError {
      throw RegistryError(error)
    }
  }

  /// One transaction: all of `body` or, when it throws, nothing of it.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    guard let writer else { throw RegistryError.readOnly }
    do {
      return try await writer.write(body)
    } catch let error as DatabaseError {
      throw RegistryError(error)
    }
  }

  /// `body` on a connection that cannot write, for a statement that a person wrote; with SQLite's
  /// errors as they are.
  func readForPeople<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await questions.unsafeRead(body)
  }

  private static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.label = "registry"
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(5)
    return configuration
  }

  private static func opening(_ path: String, _ body: () throws -> Registry) throws -> Registry {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw RegistryError.cannotOpen(path: path, reason: error.description)
    }
  }
}

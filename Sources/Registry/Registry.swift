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
  private let lock: LockFile?

  private init(reader: any DatabaseReader, writer: DatabasePool?, lock: LockFile?) {
    self.reader = reader
    self.writer = writer
    self.lock = lock
  }

  /// Opens the registry at `path` to write, creating or migrating it.
  ///
  /// Throws `.networkFileSystem` before anything is made, `.locked` when another process writes it,
  /// `.newerSchema` when a newer program has.
  public static func open(
    _ path: String, fileSystem: FileSystemProbe = .system
  ) throws -> Registry {
    try fileSystem.refuseNetwork(path)
    let lock = try LockFile(path + ".lock")
    return try opening(path) {
      let pool = try DatabasePool(path: path, configuration: configuration(readOnly: false))
      try pool.read { try Migrations.refuseNewer($0, path: path) }
      try Migrations.migrator.migrate(pool)
      // Turning the write-ahead log on has set NORMAL, which may lose the last commits with the
      // power. A reply may leave only after its commit is on disk.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      return Registry(reader: pool, writer: pool, lock: lock)
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
      return Registry(reader: pool, writer: nil, lock: nil)
    }
  }

  /// Ends the connections; whatever is called later throws.
  public func close() throws {
    try reader.close()
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

  /// `body` on a connection that cannot write, with SQLite's errors as they are.
  func readRaw<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await reader.read(body)
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

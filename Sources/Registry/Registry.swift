import Foundation
import GRDB

/// The one place with SQL: what was asked for, what ran, what came out, and the laws fitted to it.
///
/// Each public method that writes is all or nothing and keeps the invariants, shares its commit with
/// what else is asked for at the time, and returns after that is on disk. Times are milliseconds
/// since 1970 and come in as parameters. Every method throws `RegistryError`, `.busy` and `.storage`
/// those that write, or `CancellationError` when its task was cancelled before it began.
public final class Registry: Sendable {
  private let reader: any DatabaseReader
  let writer: Writer?
  /// Of submissions that are written in slices.
  let staging = Turnstile()
  /// For the statements that people write; apart from `reader`, for these may take their time.
  private let questions: DatabasePool
  private let lock: LockFile?
  /// The file, without links in its path.
  private let path: String
  /// What opening it had to migrate, if it was an older program's.
  public let upgrade: SchemaUpgrade?
  /// How long writes took, from the request to the end of their commit.
  public let commits = Durations()

  private init(
    reader: any DatabaseReader, writer: Writer?, lock: LockFile?, path: String,
    upgrade: SchemaUpgrade? = nil
  ) throws {
    self.reader = reader
    self.writer = writer
    self.lock = lock
    self.path = path
    self.upgrade = upgrade
    var configuration = Self.configuration(readOnly: true)
    configuration.label = "questions"
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase(QueryGuard.prepare)
    questions = try DatabasePool(path: path, configuration: configuration)
  }

  /// The load that may wait to be written in each lane, control and metrics, before a request is
  /// refused with `.busy`: a request counts 100 and each event that it carries 1.
  public static let defaultQueueCapacity = 400_000

  /// Opens the registry at `path` to write, creating or migrating it. One that an older program
  /// made is copied first; `upgrade` says where to.
  ///
  /// Throws `.networkFileSystem` before anything is made, `.locked` when another process writes it,
  /// `.newerSchema` when a newer program has.
  public static func open(
    _ path: String, queueCapacity: Int = defaultQueueCapacity,
    fileSystem: FileSystemProbe = .system
  ) throws -> Registry {
    try fileSystem.refuseNetwork(path)
    let path = try RegistryPath.canonical(path)
    let lock = try LockFile(path + ".lock")
    return try opening(path) {
      let pool = try DatabasePool(path: path, configuration: configuration(readOnly: false))
      try pool.read { try Migrations.refuseNewer($0, path: path) }
      let upgrade = try SchemaUpgrade.migrate(pool, path: path)
      try pool.write { try $0.removeStagedSubmissions() }
      return try Registry(
        reader: pool, writer: try Writer(pool, queueCapacity: queueCapacity), lock: lock,
        path: path, upgrade: upgrade)
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

  /// Writes the log into the file as far as readers allow and makes it empty if nobody reads.
  public func checkpoint() async throws {
    guard let writer else { throw RegistryError.readOnly }
    do {
      try await writer.truncateLog()
    } catch let error as DatabaseError {
      throw RegistryError(error)
    }
  }

  /// Ends the connections and gives up the lock; whatever is called later throws.
  public func close() throws {
    try questions.close()
    try reader.close()
    lock?.release()
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

  /// All of `body` or, when it throws, nothing of it; `events` is how much it carries.
  func write<Value: Sendable>(
    _ lane: WriteLane = .control, events: Int = 0,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    guard let writer else { throw RegistryError.readOnly }
    let started = ContinuousClock.now
    let value = try await writer.write(lane, events: events, body)
    commits.record(ContinuousClock.now - started)
    return value
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

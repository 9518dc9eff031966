import Foundation
import GRDB

/// One registry's file copied to another name: whole, verified, and never half there.
///
/// The copy is made by SQLite beside whoever writes the file, as one consistent view with the
/// write-ahead log in it, into a temporary file that is checked, flushed to disk and only then
/// renamed.
struct RegistryCopy {
  var source: String
  var destination: String

  /// Throws `.cannotOpen` when the source is no registry, `.newerSchema` when a newer program's,
  /// `.damaged` when it fails SQLite's check, `.cannotCopy` when the copy cannot be written.
  func write() throws {
    let temporary = "\(destination).\(UUID().uuidString.prefix(8)).partial"
    defer {
      for end in ["", "-journal"] { try? FileManager.default.removeItem(atPath: temporary + end) }
    }
    try copy(to: temporary)
    try verify(temporary)
    try FileSync.flush(temporary)
    guard rename(temporary, destination) == 0 else { throw RegistryError.copy(to: destination) }
    try FileSync.flushFolder(of: destination)
  }

  private func copy(to temporary: String) throws {
    guard FileManager.default.fileExists(atPath: source) else {
      throw RegistryError.cannotOpen(path: source, reason: "there is no such file")
    }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    do {
      let queue = try DatabaseQueue(path: source, configuration: configuration)
      defer { try? queue.close() }
      try queue.inDatabase { database in
        guard try database.newestMigration() != nil else {
          throw RegistryError.cannotOpen(path: source, reason: "it is no registry")
        }
        try Migrations.refuseNewer(database, path: source)
        try database.execute(sql: "VACUUM INTO ?", arguments: [temporary])
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, source: source, destination: destination)
    }
  }

  private func verify(_ temporary: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: temporary, configuration: configuration)
      defer { try? queue.close() }
      let problems = try queue.inDatabase { try $0.integrityProblems() + $0.brokenReferences() }
      guard problems.isEmpty else {
        throw RegistryError.damaged(path: source, problems: problems)
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, source: source, destination: destination)
    }
  }

  private static func failure(
    _ error: DatabaseError, source: String, destination: String
  ) -> RegistryError {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      .damaged(path: source, problems: [error.message ?? error.description])
    case .SQLITE_CANTOPEN, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
      .cannotCopy(path: destination, reason: error.message ?? error.description)
    default: .storage(error.description)
    }
  }
}

extension RegistryError {
  /// The failure that `errno` stands for.
  static func copy(to path: String) -> RegistryError {
    .cannotCopy(path: path, reason: String(cString: strerror(errno)))
  }
}

/// Bytes and names that have reached the disk.
enum FileSync {
  /// Flushes what was written to a file.
  static func flush(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RegistryError.copy(to: path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw RegistryError.copy(to: path) }
  }

  /// Flushes the folder in which a file was given its name.
  static func flushFolder(of path: String) throws {
    try flush(URL(filePath: path).absoluteURL.deletingLastPathComponent().path)
  }
}

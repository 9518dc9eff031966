import Foundation
import GRDB

extension Registry {
  /// Copies the registry at `path` to `destination` while it is in use: one consistent view,
  /// verified, on disk and complete before it has its name.
  ///
  /// Throws `.fileExists` unless `replacing`, and what keeps the file from being read or written.
  public static func backUp(
    _ path: String, to destination: String, replacing: Bool = false
  ) throws {
    guard replacing || !FileManager.default.fileExists(atPath: destination) else {
      throw RegistryError.fileExists(destination)
    }
    guard !isSameFile(path, destination) else { throw RegistryError.fileExists(destination) }
    try RegistryCopy(source: path, destination: destination).write()
  }

  /// Puts the backup at `source` in the place of the registry at `path`, which no daemon may have
  /// open. Returns the name under which the old file is kept; none when there was none.
  ///
  /// At every moment `path` is the old file or the whole new one. Throws `.locked`, and whatever is
  /// wrong with the backup; then nothing has changed.
  public static func restore(_ source: String, to path: String) throws -> String? {
    guard !isSameFile(source, path) else {
      throw RegistryError.cannotCopy(path: path, reason: "it is the backup itself")
    }
    let lock = try LockFile(path + ".lock")
    defer { withExtendedLifetime(lock) {} }
    let fresh = "\(path).restoring"
    defer { try? FileManager.default.removeItem(atPath: fresh) }
    try RegistryCopy(source: source, destination: fresh).write()
    let aside = try setAside(path)
    guard rename(fresh, path) == 0 else { throw RegistryError.copy(to: path) }
    try FileSync.flushFolder(of: path)
    return aside
  }

  /// Gives the file at `path` a second name, its write-ahead log inside it or, when it is too
  /// damaged for that, beside it. What is restored must not find a log that is not its own.
  private static func setAside(_ path: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let aside = freeName(path + ".replaced")
    try? mergeLog(of: path)
    guard link(path, aside) == 0 else { throw RegistryError.copy(to: aside) }
    let log = path + "-wal"
    if FileManager.default.fileExists(atPath: log) {
      guard rename(log, aside + "-wal") == 0 else { throw RegistryError.copy(to: aside) }
    }
    try? FileManager.default.removeItem(atPath: path + "-shm")
    return aside
  }

  /// The last connection that closes writes the log into the file and removes it.
  private static func mergeLog(of path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
  }

  private static func isSameFile(_ one: String, _ other: String) -> Bool {
    URL(filePath: one).resolvingSymlinksInPath().path
      == URL(filePath: other).resolvingSymlinksInPath().path
  }

  /// `name`, or the first of `name-2`, `name-3` and on that is no file's.
  static func freeName(_ name: String) -> String {
    let names = sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? name : "\(name)-\($0)" }
    return names.first { !FileManager.default.fileExists(atPath: $0) } ?? name
  }
}

import Foundation

/// The right of one process to write a registry: an advisory lock that the kernel gives up when the
/// process ends, however it ends. Readers do not ask for it.
final class LockFile: Sendable {
  private let descriptor: Int32

  /// Takes the lock at `path`, creating the file. Throws `.locked` when another process has it.
  init(_ path: String) throws {
    descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RegistryError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      let holder = try? String(contentsOfFile: path, encoding: .utf8)
      throw RegistryError.locked(
        path: path,
        process: holder.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    }
    // Whose it is, for the person who is refused.
    let holder = "\(getpid())\n"
    ftruncate(descriptor, 0)
    _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Gives the lock up before the process ends.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}

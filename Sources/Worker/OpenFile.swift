import Foundation
import Glibc

/// A file that is open for writing, for as long as this lives.
final class OpenFile: Sendable {
  let descriptor: Int32

  /// Opens or makes it; what it holds stays.
  init(_ url: URL) throws {
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }
}

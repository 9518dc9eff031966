import Foundation

/// A file that is whole or not there, whatever happens while it is written: power cuts included.
enum DurableFile {
  /// What the name of an unfinished file ends in.
  static let partialSuffix = ".partial"

  /// Writes `pieces` one after the other into a temporary file, syncs it, gives it its name, and
  /// syncs the folder, which must be there. Throws `CheckpointError.unwritable`.
  static func write(_ pieces: [UnsafeRawBufferPointer], to url: URL) throws(CheckpointError) {
    let partial = url.path + partialSuffix
    do throws(Failure) {
      try fill(partial, pieces)
      try check(rename(partial, url.path))
      try sync(folder: url.deletingLastPathComponent())
    } catch {
      unlink(partial)
      throw .unwritable(path: url.path, reason: String(cString: strerror(error.errno)))
    }
  }

  private struct Failure: Error { let errno: Int32 }

  private static func fill(
    _ path: String, _ pieces: [UnsafeRawBufferPointer]
  ) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    try check(descriptor)
    defer { close(descriptor) }
    for piece in pieces {
      var rest = piece[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        try check(Int32(clamping: count))
        rest = rest.dropFirst(count)
      }
    }
    try check(fsync(descriptor))
  }

  private static func sync(folder: URL) throws(Failure) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(descriptor)
    defer { close(descriptor) }
    try check(fsync(descriptor))
  }

  private static func check(_ result: Int32) throws(Failure) {
    if result < 0 { throw Failure(errno: errno) }
  }
}

import Foundation
import Wire

/// A file mapped read-only into memory. Pages are loaded when touched and shared between processes.
/// Immutable after opening, hence safe to share between threads.
final class MappedFile: @unchecked Sendable {
  let url: URL
  private let bytes: UnsafeRawBufferPointer

  /// Throws ``CorpusError/unreadable(_:reason:)``.
  init(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CorpusError.unreadable(url, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CorpusError.unreadable(url, reason: "it is not a regular file")
    }
    let size = Int(status.st_size)
    self.url = url
    // A mapping of zero bytes is an error to the kernel; an empty file is a fact to the reader.
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else {
      throw CorpusError.unreadable(url, reason: String(cString: strerror(errno)))
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Bytes in the file.
  var size: Int { bytes.count }

  /// Calls `body` with the file's bytes, which go away with this object.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  /// The integer at `offset`, little-endian, aligned or not.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type
  ) -> Value {
    withBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }

  /// SHA-256 of the file's bytes.
  var sha256: String {
    var hash = SHA256()
    withBytes { hash.update($0) }
    return hash.finalize()
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}

import Foundation
import Glibc

/// Where a download goes: a file that grows from an offset as the body arrives, and starts over when
/// the daemon sends the whole. Used by the transfer's thread alone, then by the task that waited.
final class DownloadFile: @unchecked Sendable {
  private let descriptor: Int32
  private let offset: Int
  private let received: @Sendable (Int) -> Void
  private var hasBegun = false
  private var size: Int
  /// Why a piece could not be written.
  private(set) var failure: String?

  /// Writes to `descriptor` from `offset` on; `received` is told the file's size as it grows.
  init(_ descriptor: Int32, from offset: Int, received: @escaping @Sendable (Int) -> Void) {
    self.descriptor = descriptor
    self.offset = offset
    self.received = received
    size = offset
  }

  /// Takes the next piece of a reply with `status`; false when it cannot be written.
  func take(_ bytes: UnsafeRawBufferPointer, status: Int) -> Bool {
    if !hasBegun {
      hasBegun = true
      // 206 goes on at the offset; anything else is the file from its start.
      size = status == 206 ? offset : 0
      guard ftruncate(descriptor, off_t(size)) == 0 else { return fail() }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = pwrite(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, off_t(size))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return fail() }
      size += count
      rest = rest.dropFirst(count)
    }
    received(size)
    return true
  }

  private func fail() -> Bool {
    failure = String(cString: strerror(errno))
    return false
  }
}

extension DaemonClient {
  /// Receives the file at `path` into an open file: what is missing beyond `offset` bytes if the
  /// daemon's file still has the digest `sha256`, all of it otherwise. It is never held in memory and
  /// may take as long as it likes while it moves. `received` is told the file's size as it grows.
  ///
  /// Throws `.unwritable` when a piece cannot be written.
  public func download(
    _ path: String, sha256: String, from offset: Int, into descriptor: Int32,
    received: @escaping @Sendable (Int) -> Void
  ) async throws(ClientError) {
    var headers: [String] = []
    if offset > 0 { headers = ["Range: bytes=\(offset)-", "If-Range: \"\(sha256)\""] }
    let file = DownloadFile(descriptor, from: offset, received: received)
    let request = HTTPRequest(
      method: Method.get.rawValue, url: configuration.address.url(of: path), body: nil,
      timeout: .zero, headers: headers, file: file)
    do {
      try refuse(try await transfers.perform(request, configuration), of: request.url)
    } catch {
      if let failure = file.failure { throw .unwritable(reason: failure) }
      throw error
    }
  }
}

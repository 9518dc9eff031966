import Foundation
import Glibc
import Wire

/// What an attempt has to tell and has not delivered, on disk: one JSON object a line. It outlives
/// the worker's process, not the machine's power: it is not synced, for what is lost with the
/// machine costs one lease.
struct SpoolFile: ~Copyable, Sendable {
  /// One thing to deliver.
  enum Entry: Hashable, Codable, Sendable {
    case report(Report)
    case outcome(OutcomeReport)
  }

  private let descriptor: Int32
  private let url: URL

  /// Opens or makes the file and locks it; nil when that fails, or when another process has it.
  init?(_ url: URL) {
    self.url = url
    descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    // The deinitialiser runs for a refused value too, and closes what is open.
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// Adds an entry at the end.
  borrowing func append(_ entry: Entry) {
    // Encoding plain numbers and strings has no failing path; a full disk costs only the copy.
    guard let line = try? JSONEncoder().encode(entry) else { return }
    let bytes = Array(line + Data("\n".utf8))
    _ = write(descriptor, bytes, bytes.count)
  }

  /// Forgets all entries.
  borrowing func clear() { _ = ftruncate(descriptor, 0) }

  /// Deletes the file.
  borrowing func remove() { _ = unlink(url.path) }

  /// The entries in order, up to a torn last line.
  borrowing func entries() -> [Entry] {
    guard let data = try? Data(contentsOf: url) else { return [] }
    var entries: [Entry] = []
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: line) else { break }
      entries.append(entry)
    }
    return entries
  }
}

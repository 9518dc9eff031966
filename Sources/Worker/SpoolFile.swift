import Foundation
import Glibc
import Wire

/// What an attempt has to tell and has not delivered, on disk: one JSON object a line. It outlives the
/// worker's process. An outcome is synced, for a whole training is behind it; reports are not: what
/// of them is lost with a machine's power costs one lease.
///
/// When the disk is full or the limit is reached it stays as it is, the beginning of what is to be told,
/// and takes no more until all is delivered.
struct SpoolFile: ~Copyable, Sendable {
  /// One thing to deliver; the first line says whose it is.
  enum Entry: Hashable, Codable, Sendable {
    case opened(Opening)
    case report(Report)
    case outcome(OutcomeReport)
  }

  /// Whose spool it is, and how much was delivered of what stood in it before.
  struct Opening: Hashable, Codable, Sendable {
    var run: Int64
    var epoch: Int
    /// The machine on which the attempt runs; none when the worker has declared none.
    var node: String?
    /// Number of the last report that is not in here any more.
    var delivered: Int
  }

  /// The most that is kept of one attempt, bytes: a million steps.
  static let limit = 128 << 20

  private let descriptor: Int32
  private let url: URL
  private let limit: Int
  private var size = 0
  private var isFull = false

  /// Opens or makes the file and locks it; nil when that fails, or when another process has it.
  init?(_ url: URL, limit: Int = Self.limit) {
    self.url = url
    self.limit = limit
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    // The deinitialiser runs for a refused value too, and closes what is open.
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    size = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Adds an entry at the end; false when there is no room for it.
  mutating func append(_ entry: Entry) -> Bool {
    guard !isFull, write(entry) else {
      isFull = true
      return false
    }
    if case .outcome = entry { fdatasync(descriptor) }
    return true
  }

  /// Forgets all entries and begins anew.
  mutating func restart(_ opening: Opening) {
    // The new line first: a worker that is killed in between has still said whose the file is, and
    // what is left behind the line is torn or delivered.
    size = 0
    isFull = !write(.opened(opening))
    ftruncate(descriptor, off_t(size))
  }

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

  /// Writes a line whole or not at all.
  private mutating func write(_ entry: Entry) -> Bool {
    // Encoding plain numbers and strings has no failing path.
    guard let text = try? JSONEncoder().encode(entry) else { return false }
    let line = Array(text + Data("\n".utf8))
    guard size + line.count <= limit,
      pwrite(descriptor, line, line.count, off_t(size)) == line.count
    else {
      ftruncate(descriptor, off_t(size))
      return false
    }
    size += line.count
    return true
  }
}

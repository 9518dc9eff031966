import Foundation

/// Whether a registry can take what workers and people send.
public enum Health: Hashable, Sendable {
  case ready
  /// It answers, and what it cannot do is said for people.
  case degraded(reason: String)
}

extension Registry {
  /// Whether a transaction can be opened for writing, after the migrations that opening it made, and
  /// the file's disk has room for what comes next.
  public func health() async -> Health {
    do {
      try await write { _ in }
      let free = try await read { try $0.freeBytes() }
      return free >= Self.leastFreeBytes
        ? .ready : .degraded(reason: "the registry's disk has \(free >> 20) MiB left")
    } catch {
      return .degraded(reason: "\(error)")
    }
  }

  /// A write-ahead log grows by a few MiB before it is written back.
  private static let leastFreeBytes: Int64 = 16 << 20
}

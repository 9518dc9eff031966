import GRDB

/// Whether the registry can be written.
public enum Health: Hashable, Sendable {
  case writable
  /// The last commit failed, for this reason. What is there can be read and every write is still
  /// tried, but no run is leased until a write has succeeded.
  case degraded(reason: String)
}

extension Registry {
  /// Whether the last write that had something to write succeeded.
  public var health: Health {
    writer?.health ?? .degraded(reason: RegistryError.readOnly.description)
  }

  /// Tries whether the file can be written: what brings `health` back when nothing else is written.
  /// Throws `.storage`.
  public func probe(now: Int64) async throws {
    try await write { database in
      try database.execute(
        sql: """
          INSERT INTO pulse (id, at) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET at = excluded.at
          """, arguments: [now])
    }
  }

  /// Throws `.degraded` while no run may be leased.
  func requireWritable() throws {
    if case .degraded(let reason) = health { throw RegistryError.degraded(reason: reason) }
  }

  /// Whether it can take what workers and people send: the last write succeeded, and the file's disk
  /// has room for what comes next.
  public func readiness() async -> Health {
    guard health == .writable else { return health }
    do {
      let free = try await read { try $0.freeBytes() }
      return free >= Self.leastFreeBytes
        ? .writable : .degraded(reason: "the registry's disk has \(free >> 20) MiB left")
    } catch {
      return .degraded(reason: "\(error)")
    }
  }

  /// A write-ahead log grows by a few MiB before it is written back.
  private static let leastFreeBytes: Int64 = 16 << 20
}

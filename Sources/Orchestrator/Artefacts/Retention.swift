import Foundation
import Registry
import Wire

/// How long what runs have left is kept, counted from the end of the run or, for what belongs to
/// none, from its last write. What has no limit is kept for good.
struct RetentionLimits: Hashable, Sendable {
  var limits: [Artefact.Kind: Duration] = [:]

  var isEmpty: Bool { limits.isEmpty }

  /// Those of `artefacts` that are older than their limit at `now`, milliseconds since 1970.
  func expired(_ artefacts: [Artefact], now: Int64) -> [Artefact] {
    artefacts.filter { artefact in
      guard let limit = limits[artefact.kind] else { return false }
      return Double(now - artefact.since) >= limit.inSeconds * 1000
    }
  }
}

/// Deletes what is older than the limits.
struct Retention: Sendable {
  var data: URL
  var registry: Registry
  var limits: RetentionLimits

  /// What would be deleted at `now`.
  func expired(now: Int64) async throws -> [Artefact] {
    limits.expired(
      try await ArtefactScan(data: data, registry: registry).artefacts(), now: now)
  }

  /// Deletes `artefacts`; those that cannot be deleted, or are needed again, stay and are left out of
  /// what is returned.
  func delete(_ artefacts: [Artefact]) async throws -> [Artefact] {
    // A person may have put a run back into the queue since it was looked at.
    let fates = try await registry.fates(of: Array(Set(artefacts.compactMap(\.run))))
    return artefacts.filter { artefact in
      if let run = artefact.run, fates[run]?.endedAt == nil { return false }
      let url = data.appending(path: artefact.path)
      if artefact.kind == .corpus { return Self.deleteCorpus(url) }
      do { try FileManager.default.removeItem(at: url) } catch { return false }
      if artefact.kind == .orphan { Self.removeIfEmpty(url.deletingLastPathComponent()) }
      return true
    }
  }

  /// A preparation that goes on holds the lock beside its folder.
  private static func deleteCorpus(_ work: URL) -> Bool {
    let lock = work.deletingPathExtension().appendingPathExtension("lock")
    let descriptor = open(lock.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
    return (try? FileManager.default.removeItem(at: work)) != nil
  }

  private static func removeIfEmpty(_ folder: URL) { _ = rmdir(folder.path) }
}

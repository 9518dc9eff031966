import Client
import Corpus
import Experiment
import Foundation
import Logging
import Synchronization
import Wire

/// Brings the corpus of a run to this machine, if the daemon has it and the data folder has not. It ends
/// with nil when the trainer may start.
final class CorpusFetch: Undertaking {
  private enum State {
    case idle
    case running(Task<Void, any Error>)
    case ending(reason: String)
  }

  private let corpus: RunSpec.CorpusReference
  private let data: URL
  private let link: DaemonLink
  private let freeBytes: @Sendable (URL) -> Int
  private let state = Mutex(State.idle)

  /// Times that a file may arrive damaged before the daemon's copy is given up.
  private static let damageLimit = 3

  init(
    _ corpus: RunSpec.CorpusReference, into data: URL, link: DaemonLink,
    freeBytes: @escaping @Sendable (URL) -> Int = CorpusFetch.freeBytes(at:)
  ) {
    self.corpus = corpus
    self.data = data
    self.link = link
    self.freeBytes = freeBytes
  }

  /// Whether no corpus of the digest is here. One that is here and not whole is the trainer's to tell.
  var isNeeded: Bool {
    do {
      _ = try PreparedCorpus.locate(sha256: corpus.sha256, in: data)
      return false
    } catch CorpusError.noCorpus {
      return true
    } catch {
      return false
    }
  }

  /// What has arrived is on disk anyway.
  func requestCheckpoint() {}
  func release(reason: String) { end(reason) }
  func stop(reason: String) { end(reason) }

  private func end(_ reason: String) {
    state.withLock {
      if case .running(let task) = $0 { task.cancel() }
      $0 = .ending(reason: reason)
    }
  }

  func run() async -> Outcome? {
    let task = state.withLock { state -> Task<Void, any Error>? in
      guard case .idle = state else { return nil }
      let task = Task { try await fetch() }
      state = .running(task)
      return task
    }
    do {
      try await task?.value
    } catch ClientError.api(let refusal) where refusal.code == .notFound {
      // A trainer may not need it; one that does says what is missing.
      link.log.notice("neither this machine nor the daemon has the corpus \(corpus.name)")
    } catch {
      if case .ending(let reason) = state.withLock({ $0 }) { return .released(reason: reason) }
      let kind: FailureClass = error is CorpusError ? .start : .node
      return .failed(
        .init(kind: kind, message: "cannot fetch the corpus \(corpus.name): \(error)"))
    }
    if case .ending(let reason) = state.withLock({ $0 }) { return .released(reason: reason) }
    return nil
  }

  /// Fetches it, or waits until another slot or worker on this machine has.
  private func fetch() async throws {
    while isNeeded {
      guard let lock = try CorpusArrivalLock.take(sha256: corpus.sha256, in: data) else {
        try await link.retry.clock.sleep(for: .milliseconds(200))
        continue
      }
      // Whoever had the lock before may have done all of it.
      if isNeeded { try await fetchAlone() }
      lock.free()
    }
  }

  private func fetchAlone() async throws {
    let sha256 = corpus.sha256
    let manifest = try await link.ask { client throws(ClientError) in
      try await client.corpusManifest(sha256: sha256)
    }
    let arrival = try CorpusArrival(manifest: manifest, sha256: sha256, in: data)
    let total = arrival.files.reduce(0) { $0 + $1.bytes }
    let missing = total - arrival.files.reduce(0) { $0 + min($1.bytes, arrival.arrived(of: $1)) }
    let free = freeBytes(data)
    guard missing <= free else { throw NoRoom(folder: data, needed: missing, free: free) }
    link.log.notice(
      "fetches the corpus \(corpus.name): \(Self.megabytes(missing)) of \(Self.megabytes(total)) MB"
    )
    let progress = TransferProgress(of: total, done: total - missing) { [log = link.log, corpus] in
      log.notice(
        "corpus \(corpus.name): \(Self.megabytes($0)) of \(Self.megabytes(total)) MB")
    }
    for file in arrival.files { try await fetch(file, of: arrival, progress) }
    _ = try arrival.publish()
    link.log.notice("the corpus \(corpus.name) is here")
  }

  /// Receives what is missing of a file, as often as it is interrupted, until its digest is right.
  private func fetch(
    _ file: CorpusManifest.FileRecord, of arrival: CorpusArrival, _ progress: TransferProgress
  ) async throws {
    let path = DaemonClient.path(ofCorpus: arrival.sha256, file: file.file)
    let url = arrival.url(of: file)
    for damages in 1... {
      if arrival.arrived(of: file) > file.bytes { try FileManager.default.removeItem(at: url) }
      if arrival.arrived(of: file) < file.bytes {
        let target = try OpenFile(url)
        try await link.ask { client throws(ClientError) in
          // Connections of its own: a slow disk must not hold up reports.
          let offset = arrival.arrived(of: file)
          progress.begin(at: offset)
          try await DaemonClient(client.configuration).download(
            path, sha256: file.sha256, from: offset, into: target.descriptor
          ) { progress.reached($0) }
        }
      }
      do {
        return try await Thread.detached { try arrival.check(file) }
      } catch let error as CorpusError {
        link.log.warning("\(error)")
        if damages == Self.damageLimit { throw error }
      }
    }
  }

  private static func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }

  @Sendable static func freeBytes(at folder: URL) -> Int {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
    return (attributes?[.systemFreeSize] as? Int) ?? .max
  }
}

/// The data folder's disk is too full for a corpus.
struct NoRoom: Error, Hashable, CustomStringConvertible {
  let folder: URL
  let needed: Int
  let free: Int

  var description: String {
    """
    \(folder.path) has \(free) bytes free, \(needed) are needed
    hint: make room, or start the worker with --data on another disk
    """
  }
}

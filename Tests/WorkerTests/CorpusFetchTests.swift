import Client
import Corpus
import Experiment
import Foundation
import Loopback
import Synchronization
import Testing
import Wire

@testable import Worker

@Suite("A corpus that is not on this machine", .timeLimit(.minutes(1)))
struct CorpusFetchTests {
  private func lease(_ run: Int64, of parcel: Parcel) -> Lease {
    var lease = Lease.sample(run: run)
    lease.spec.corpus.sha256 = parcel.sha256
    return lease
  }

  private func data(_ workshop: Workshop) -> URL { workshop.folder.appending(path: "data") }

  private func names(_ workshop: Workshop) -> [String] {
    let folder = data(workshop).appending(path: "corpora")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  /// The failure that the next outcome is.
  private func nextFailure(_ daemon: StandInDaemon) async -> String {
    guard case .failed(let failure) = await daemon.nextOutcome() else { return "no failure" }
    #expect(failure.kind == .start)
    return failure.message
  }

  @Test(
    "is fetched before the trainer starts, once for all slots, and its files are those recorded")
  func fetched() async throws {
    let parcel = Parcel()
    let workshop = try Workshop(
      trainer: """
        ls $ORCHESTRATOR_DATA/corpora/tiny.*/manifest.json > corpus
        \(Workshop.wellBehaved)
        """)
    var shelf = StandInDaemon.Shelf()
    shelf.files = parcel.reply
    let daemon = try StandInDaemon((1...3).map { lease($0, of: parcel) }, shelf: shelf)
    var fetched: [String] = []
    try await workshop.serving(daemon, slots: 3) {
      for _ in 1...3 {
        let ended = await daemon.next { happening -> Outcome? in
          if case .fetched(let path, _) = happening { fetched.append(path) }
          if case .ended(let ended) = happening { return ended.outcome }
          return nil
        }
        #expect(ended == .finished(Workshop.result))
      }
    }
    #expect(fetched.count == 3 && Set(fetched).count == 3, "\(fetched)")
    for run in Int64(1)...3 {
      #expect(try !Data(contentsOf: workshop.file("corpus", of: run)).isEmpty)
    }
    let corpus = try PreparedCorpus.locate(sha256: parcel.sha256, in: data(workshop))
    try corpus.verify()
    #expect(
      names(workshop) == [".\(parcel.sha256).lock", "tiny.\(parcel.sha256.prefix(12))"])
    #expect(workshop.log.messages.contains("notice: the corpus text is here"))
  }

  @Test("goes on where it was interrupted, and an attempt reports meanwhile")
  func interrupted() async throws {
    let parcel = Parcel()
    let workshop = try Workshop()
    var shelf = StandInDaemon.Shelf()
    shelf.files = { path, offset in
      guard path.hasSuffix("train_000.bin"), offset < 90_000 else {
        return parcel.reply(path, offset)
      }
      let file = parcel.files["train_000.bin"]!
      return .torn(
        status: offset > 0 ? 206 : 200, file.dropFirst(offset).prefix(30_000),
        of: file.count - offset
      )
    }
    let daemon = try StandInDaemon([lease(1, of: parcel)], shelf: shelf)
    var offsets: [Int] = []
    try await workshop.serving(daemon) {
      let outcome = await daemon.next { happening -> Outcome? in
        if case .fetched(let path, let from) = happening, path.hasSuffix("train_000.bin") {
          offsets.append(from)
        }
        if case .ended(let ended) = happening { return ended.outcome }
        return nil
      }
      #expect(outcome == .finished(Workshop.result))
    }
    #expect(offsets == [0, 30_000, 60_000, 90_000])
    try PreparedCorpus.locate(sha256: parcel.sha256, in: data(workshop)).verify()
  }

  @Test("that is damaged on the way is deleted, told, and given up at the third time")
  func damaged() async throws {
    let parcel = Parcel()
    let workshop = try Workshop()
    var shelf = StandInDaemon.Shelf()
    shelf.files = { path, offset in
      guard path.hasSuffix("train_000.bin") else { return parcel.reply(path, offset) }
      return .json(status: 200, Data(parcel.files["train_000.bin"]!.map { $0 ^ 1 }))
    }
    let daemon = try StandInDaemon([lease(1, of: parcel)], shelf: shelf)
    try await workshop.serving(daemon) {
      let message = await nextFailure(daemon)
      #expect(message.contains("train_000.bin arrived with the SHA-256"), "\(message)")
    }
    let warnings = workshop.log.messages.filter { $0.contains("it was deleted") }
    #expect(warnings.count == 3)
    #expect(names(workshop).allSatisfy { $0.hasPrefix(".") })
    let arriving = data(workshop).appending(path: "corpora/.\(parcel.sha256).arriving")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: arriving.path)
        .allSatisfy { $0 != "train_000.bin" })
  }

  @Test(
    "whose names lead out of their folder is refused, and nothing is written",
    arguments: [("tiny", "../../escaped"), ("../../escaped", "train_000.bin"), ("tiny", ".hidden")])
  func escaping(corpus: String, file: String) async throws {
    let parcel = Parcel(corpus: corpus, file: file)
    let workshop = try Workshop()
    var shelf = StandInDaemon.Shelf()
    shelf.files = parcel.reply
    let daemon = try StandInDaemon([lease(1, of: parcel)], shelf: shelf)
    try await workshop.serving(daemon) {
      let message = await nextFailure(daemon)
      #expect(
        ["cannot name a corpus", "is not the name of a file"].contains { message.contains($0) },
        "\(message)")
    }
    #expect(names(workshop) == [".\(parcel.sha256).lock"])
  }

  @Test("for which there is no room is not begun")
  func noRoom() async throws {
    let parcel = Parcel()
    let workshop = try Workshop()
    var shelf = StandInDaemon.Shelf()
    shelf.files = parcel.reply
    let daemon = try StandInDaemon(shelf: shelf)
    let service = try workshop.service(daemon.address)
    let fetch = CorpusFetch(
      lease(1, of: parcel).spec.corpus, into: data(workshop), link: service.link,
      freeBytes: { _ in 5000 })
    guard case .failed(let failure) = await fetch.run() else { fatalError() }
    #expect(failure.message.contains("5000 bytes free, 103048 are needed"), "\(failure.message)")
    #expect(fetch.isNeeded)
  }

  @Test("and not at the daemon either is the trainer's to miss")
  func nowhere() async throws {
    let workshop = try Workshop()
    let daemon = try StandInDaemon([.sample(run: 1)])
    try await workshop.serving(daemon) {
      #expect(await daemon.nextOutcome() == .finished(Workshop.result))
    }
    #expect(
      workshop.log.messages.contains(
        "notice: neither this machine nor the daemon has the corpus text"))
  }

  @Test("is no reason to stay: a lost lease and a leaving worker end the fetch")
  func ended() async throws {
    let parcel = Parcel()
    for isLost in [true, false] {
      let workshop = try Workshop()
      var shelf = StandInDaemon.Shelf()
      shelf.files = { path, offset in
        path.hasSuffix("train_000.bin") ? .hold : parcel.reply(path, offset)
      }
      let daemon = try StandInDaemon([lease(1, of: parcel), .sample(run: 2)], shelf: shelf)
      try await workshop.serving(daemon) {
        await daemon.next {
          if case .fetched(let path, _) = $0, path.hasSuffix("train_000.bin") { () } else { nil }
        }
        guard isLost else { return }
        daemon.lose(run: 1)
        #expect(await daemon.nextOutcome() == .finished(Workshop.result))
      }
      if !isLost {
        #expect(await daemon.nextOutcome() == .released(reason: "the worker leaves"))
      }
    }
  }
}

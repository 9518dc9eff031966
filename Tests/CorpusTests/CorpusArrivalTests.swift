import Foundation
import Testing
import Wire

@testable import Corpus

@Suite("A corpus on its way from another machine")
struct CorpusArrivalTests {
  /// A corpus in `data`, and a folder that lacks it.
  private func prepare() throws -> (bench: Workbench, corpus: PreparedCorpus, target: URL) {
    let bench = try Workbench()
    let corpus = try bench.preparation([bench.documents(60)]).run()
    return (bench, corpus, bench.folder.appending(path: "other"))
  }

  private func arrival(of corpus: PreparedCorpus, in target: URL) throws -> CorpusArrival {
    try CorpusArrival(
      manifest: Data(contentsOf: corpus.manifestFile), sha256: corpus.sha256, in: target)
  }

  @Test("appears in its place when all its files have arrived as the manifest records them")
  func published() throws {
    let (bench, corpus, target) = try prepare()
    defer { withExtendedLifetime(bench) {} }
    let arrival = try arrival(of: corpus, in: target)
    #expect(arrival.files.count == 3)
    for record in arrival.files {
      #expect(arrival.arrived(of: record) == 0)
      try Data(contentsOf: corpus.folder.appending(path: record.file)).write(
        to: arrival.url(of: record))
      #expect(arrival.arrived(of: record) == record.bytes)
      try arrival.check(record)
      #expect(try PreparedCorpus.all(in: target).isEmpty)
    }
    let arrived = try arrival.publish()
    #expect(arrived.sha256 == corpus.sha256 && arrived.manifest == corpus.manifest)
    #expect(try PreparedCorpus.locate(sha256: corpus.sha256, in: target).folder == arrived.folder)
    try arrived.verify()
  }

  @Test("a manifest of another digest, and one whose names lead elsewhere, are refused")
  func refused() throws {
    let (bench, corpus, target) = try prepare()
    defer { withExtendedLifetime(bench) {} }
    let data = try Data(contentsOf: corpus.manifestFile)
    #expect(throws: CorpusError.self) {
      try CorpusArrival(manifest: data + Data(" ".utf8), sha256: corpus.sha256, in: target)
    }
    for name in ["../x", "/x", "", ".x", "a/b", "a\\u0000"] {
      let text = String(decoding: data, as: UTF8.self)
        .replacing("\"train_000.bin\"", with: "\"\(name)\"")
      let changed = Data(text.utf8)
      #expect(throws: CorpusError.self, "\(name)") {
        try CorpusArrival(manifest: changed, sha256: SHA256.hex(of: changed), in: target)
      }
    }
    #expect(!FileManager.default.fileExists(atPath: target.path))
  }

  @Test("a file that differs is deleted and named")
  func damaged() throws {
    let (bench, corpus, target) = try prepare()
    defer { withExtendedLifetime(bench) {} }
    let arrival = try arrival(of: corpus, in: target)
    let record = arrival.files[0]
    try Data("other".utf8).write(to: arrival.url(of: record))
    do {
      try arrival.check(record)
      Issue.record("it differs")
    } catch CorpusError.damagedInTransit(let file, let expected, let found) {
      #expect(file == record.file && expected == record.sha256)
      #expect(found == SHA256.hex(of: "other"))
    }
    #expect(arrival.arrived(of: record) == 0)
  }

  @Test("one at a time has the right to fetch it")
  func locked() throws {
    let (bench, corpus, target) = try prepare()
    defer { withExtendedLifetime(bench) {} }
    func isFree(_ sha256: String) throws -> Bool {
      guard let lock = try CorpusArrivalLock.take(sha256: sha256, in: target) else { return false }
      lock.free()
      return true
    }
    guard let held = try CorpusArrivalLock.take(sha256: corpus.sha256, in: target) else {
      Issue.record("nobody has it")
      return
    }
    #expect(try !isFree(corpus.sha256))
    #expect(try isFree("another"))
    held.free()
    #expect(try isFree(corpus.sha256))
    #expect(throws: CorpusError.self) { try isFree("../escaped") }
  }
}

import Foundation
import Testing

@testable import Corpus

@Suite("A corpus is prepared once, and is the same everywhere")
struct PreparationTests {
  @Test("from a user's own text; a second call does nothing, a second folder gives the same digest")
  func endToEnd() throws {
    let bench = try Workbench()
    let files = [try bench.documents(300)]
    let corpus = try bench.preparation(files).run()
    #expect(corpus.manifest.vocabulary == 400)
    let train = corpus.manifest.splits.train.amount
    let validation = corpus.manifest.splits.validation.amount
    #expect(train.documents + validation.documents == 300)
    #expect((30...90).contains(validation.documents))
    let windows = try corpus.windows(.train, seqLen: 16)
    #expect(windows.count == (train.tokens - 1) / 16)

    let again = try bench.preparation(files).run { _ in Issue.record("there is nothing to do") }
    #expect(again.sha256 == corpus.sha256)
    #expect(try bench.preparation(files, data: "elsewhere").run().sha256 == corpus.sha256)
  }

  @Test("a source without a validation document is counted as such")
  func smallSource() throws {
    let bench = try Workbench()
    let single = try bench.write("single.txt", Data("One document alone.\n".utf8))
    let corpus = try bench.preparation([try bench.documents(300), single]).run()
    #expect(corpus.manifest.sources.count == 2)
    let last = corpus.manifest.sources[1]
    #expect(last.train.documents + last.validation.documents == 1)
  }

  @Test("an interrupted preparation goes on to the same result")
  func interrupted() throws {
    struct Interrupted: Error {}
    let bench = try Workbench()
    let files = [try bench.documents(300)]
    for phase in [CorpusProgress.Phase.tokenizer, .encode] {
      #expect(throws: Interrupted.self) {
        try bench.preparation(files).run { if $0.phase == phase { throw Interrupted() } }
      }
    }
    let corpus = try bench.preparation(files).run()
    #expect(try bench.preparation(files, data: "elsewhere").run().sha256 == corpus.sha256)
  }

  @Test("a changed manifest or shard is refused")
  func tampered() throws {
    let bench = try Workbench()
    let corpus = try bench.preparation([try bench.documents(300)]).run()
    let data = bench.folder.appending(path: "data")
    #expect(try PreparedCorpus.locate(sha256: corpus.sha256, in: data).sha256 == corpus.sha256)
    try corpus.verify()

    let shard = corpus.folder.appending(path: corpus.manifest.splits.train.shards[0].file)
    var torn = try Data(contentsOf: shard)
    torn[torn.count - 1] ^= 1
    try torn.write(to: shard)
    #expect(throws: CorpusError.self) { try corpus.verify() }

    let manifest = corpus.folder.appending(path: "manifest.json")
    var text = try Data(contentsOf: manifest)
    text.append(UInt8(ascii: "\n"))
    try text.write(to: manifest)
    #expect(throws: CorpusError.self) {
      try PreparedCorpus.locate(sha256: corpus.sha256, in: data)
    }
  }

  @Test("an unknown recipe is refused with the known ones, a bad name by itself")
  func refusals() throws {
    let bench = try Workbench()
    let error = #expect(throws: CorpusError.self) {
      try CorpusPreparation(name: "debian-mixx", dataFolder: bench.folder)
    }
    #expect("\(try #require(error))".contains("debian-mix"))
    #expect(throws: CorpusError.self) {
      try CorpusPreparation(
        name: "../escape", importing: [], licence: "", dataFolder: bench.folder)
    }
    #expect(throws: CorpusError.self) {
      try bench.preparation([bench.folder.appending(path: "absent.txt")]).run()
    }
  }
}

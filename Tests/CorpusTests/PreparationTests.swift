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

    #expect(corpus.manifest.sources.map(\.licence) == ["none"])
    try corpus.verify()

    // What the tokens of a split say is what its documents said.
    let tokenizer = try Tokenizer(file: corpus.folder.appending(path: "tokenizer.model"))
    let text = tokenizer.decode(try corpus.tokens(.validation).tokens(0..<validation.tokens))
    #expect(text.utf8.count == validation.bytes)
    #expect(text.hasPrefix("Document "))

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

  @Test(
    "an interrupted preparation goes on to the same result",
    arguments: CorpusProgress.Phase.allCases.filter { $0 != .download })
  func interrupted(phase: CorpusProgress.Phase) throws {
    struct Interrupted: Error {}
    let bench = try Workbench()
    let files = [try bench.documents(300)]
    #expect(throws: Interrupted.self) {
      try bench.preparation(files).run { if $0.phase == phase { throw Interrupted() } }
    }
    #expect(try PreparedCorpus.all(in: bench.folder.appending(path: "data")).isEmpty)
    let corpus = try bench.preparation(files).run()
    #expect(try bench.preparation(files, data: "elsewhere").run().sha256 == corpus.sha256)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: corpus.folder.deletingLastPathComponent().path)
    #expect(left.sorted() == [".small.lock", "small"])
  }

  @Test("what an interrupted preparation kept is not taken for text on other terms")
  func interruptedThenChanged() throws {
    struct Interrupted: Error {}
    let bench = try Workbench()
    let files = [try bench.documents(300)]
    #expect(throws: Interrupted.self) {
      try bench.preparation(files, licence: "MIT").run {
        if $0.phase == .encode { throw Interrupted() }
      }
    }
    let corpus = try bench.preparation(files).run()
    #expect(corpus.manifest.sources.map(\.licence) == ["none"])
    #expect(try bench.preparation(files, data: "elsewhere").run().sha256 == corpus.sha256)
  }

  @Test("the same bytes as lines and as plain text are two sources")
  func sameBytes() throws {
    let bench = try Workbench()
    let lines = try bench.documents(300)
    let plain = try bench.write("documents.txt", Data(contentsOf: lines))
    let corpus = try bench.preparation([lines, plain]).run()
    #expect(corpus.manifest.sources.map(\.name) == ["documents.jsonl", "documents.txt"])
    #expect(corpus.manifest.sources.allSatisfy { $0.train.documents > 0 })
  }

  @Test("a name that other text, another seed, vocabulary or licence has is refused")
  func taken() throws {
    let bench = try Workbench()
    let files = [try bench.documents(300)]
    let corpus = try bench.preparation(files).run()
    let other = try bench.write("other.txt", Data("Other text.\n".utf8))
    for preparation in [
      try bench.preparation(files + [other]), try bench.preparation(files, licence: "MIT"),
      try bench.preparation(files) { $0.seed = 1 },
      try bench.preparation(files) { $0.vocabulary = 401 },
    ] {
      let error = #expect(throws: CorpusError.self) { try preparation.run() }
      #expect("\(try #require(error))".contains("'small'"))
    }
    try corpus.verify()
  }

  @Test("an unknown recipe is refused with the known ones")
  func unknownRecipe() throws {
    let bench = try Workbench()
    let error = #expect(throws: CorpusError.self) {
      try CorpusPreparation(name: "debian-mixx", dataFolder: bench.folder)
    }
    let message = "\(try #require(error))"
    #expect(message.contains("'debian-mixx'"))
    for recipe in ["debian-mix", "debian-prose", "debian-small"] {
      #expect(message.contains("\(recipe)"))
    }
  }

  @Test(
    "a name that is no folder's is refused",
    arguments: ["", ".", "..", ".hidden", "../escape", "a/b", "a b", "naïve", "a\u{0}b"])
  func badName(name: String) throws {
    let bench = try Workbench()
    #expect(throws: CorpusError.self) {
      try CorpusPreparation(name: name, importing: [], licence: "", dataFolder: bench.folder)
    }
  }

  @Test("too few documents for two splits are refused, and nothing is left in place")
  func tooFew() throws {
    let bench = try Workbench()
    let single = try bench.write("single.txt", Data("One document alone.\n".utf8))
    for files in [[single], []] {
      let error = #expect(throws: CorpusError.self) { try bench.preparation(files).run() }
      #expect("\(try #require(error))".contains("\(files.count) documents"))
    }
    #expect(try PreparedCorpus.all(in: bench.folder.appending(path: "data")).isEmpty)
  }
}

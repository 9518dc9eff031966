import Foundation
import Testing

@testable import Corpus

@Suite("Token files become a corpus")
struct TokenImportTests {
  let bench: Workbench
  let train: URL
  let validation: URL

  init() throws {
    bench = try Workbench()
    train = try bench.write("train.bin", TokenFileTests.llmc(TokenFileTests.tokens))
    validation = try bench.write("val.bin", TokenFileTests.llmc([1, 2, 3]))
  }

  func tokens(
    _ train: [URL], _ validation: [URL], vocabulary: Int? = 65_536, licence: String = "none"
  ) throws -> TokenImport {
    try TokenImport(
      name: "theirs", train: train, validation: validation, vocabulary: vocabulary,
      licence: licence, dataFolder: bench.folder)
  }

  @Test("whose tokens are theirs, and which a second import finds there")
  func imported() throws {
    let corpus = try tokens([train], [validation]).run()
    #expect(try corpus.tokens(.train).tokens(0..<5) == TokenFileTests.tokens.map(Int32.init))
    #expect(try corpus.tokens(.validation).tokens(0..<3) == [1, 2, 3])
    #expect(corpus.manifest.tokenizer == nil)
    #expect(corpus.manifest.bytesPerToken(.validation) == nil)
    try corpus.verify()
    #expect(try tokens([train], [validation]).run().sha256 == corpus.sha256)
  }

  @Test("with the vocabulary and the bytes a token that a sidecar tells")
  func sidecar() throws {
    let raw = try bench.write("raw.bin", bytes([UInt16(1), 2, 3, 4]))
    _ = try bench.write(
      "raw.bin.json", Data(#"{"vocabulary": 300, "bytes_per_token": 4.25}"#.utf8))
    let corpus = try tokens([raw], [raw], vocabulary: nil).run()
    #expect(corpus.manifest.vocabulary == 300)
    #expect(corpus.manifest.bytesPerToken(.validation) == 4.25)
  }

  @Test("unless a token is outside the vocabulary, or nobody tells its size")
  func vocabulary() throws {
    for (vocabulary, says) in [(1000, "token 65000"), (nil, "--vocabulary")] {
      let error = #expect(throws: CorpusError.self) {
        try tokens([train], [validation], vocabulary: vocabulary).run()
      }
      let message = "\(try #require(error))"
      #expect(message.contains(says))
      #expect(message.contains(train.path))
    }
    #expect(try PreparedCorpus.all(in: bench.folder).isEmpty)
  }

  @Test("unless a split has no token")
  func empty() throws {
    let none = try bench.write("none.bin", TokenFileTests.llmc([]))
    for (train, validation) in [([], [validation]), ([train], [none]), ([], [])] {
      #expect(throws: CorpusError.self) { try tokens(train, validation).run() }
    }
  }

  @Test("and the name is refused for the same files in other splits, or on other terms")
  func taken() throws {
    let more = try bench.write("more.bin", TokenFileTests.llmc([4, 5]))
    let corpus = try tokens([train], [more, validation]).run()
    for other in [
      try tokens([train, more], [validation]),
      try tokens([train], [more, validation], vocabulary: 65_001),
      try tokens([train], [more, validation], licence: "MIT"),
    ] {
      let error = #expect(throws: CorpusError.self) { try other.run() }
      #expect("\(try #require(error))".contains("'theirs'"))
    }
    #expect(try PreparedCorpus(folder: corpus.folder).sha256 == corpus.sha256)
  }
}

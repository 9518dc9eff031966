import Foundation
import Testing

@testable import Corpus

@Suite("A corpus says which held-out tokens are whose")
struct DocumentIndexTests {
  let bench: Workbench
  let corpus: PreparedCorpus
  let index: URL

  init() throws {
    bench = try Workbench()
    corpus = try bench.preparation([try bench.documents(300), try bench.sentences(200)]).run()
    index = corpus.folder.appending(path: "documents.json")
  }

  @Test("the documents follow each other, and add up to the manifest source by source")
  func tiles() throws {
    let documents = try corpus.heldOutDocuments()
    let texts = try corpus.heldOutTexts()
    #expect(documents.first?.tokens.lowerBound == 0)
    #expect(documents.last?.tokens.upperBound == corpus.manifest.splits.validation.amount.tokens)
    for (one, next) in zip(documents, documents.dropFirst()) {
      #expect(one.tokens.upperBound == next.tokens.lowerBound)
    }
    for source in corpus.manifest.sources {
      let own = texts.filter { $0.source == source.name }.map(\.text)
      #expect(own.count == source.validation.documents)
      #expect(own.reduce(0) { $0 + $1.utf8.count } == source.validation.bytes)
      let start = source.name == "documents.jsonl" ? "Document " : "The "
      #expect(own.allSatisfy { $0.hasPrefix(start) })
    }
  }

  @Test("what a corpus is called does not depend on it")
  func isNoIdentity() throws {
    let named = corpus.manifest.files.map(\.file)
    #expect(!named.contains(index.lastPathComponent))
    try FileManager.default.removeItem(at: index)
    #expect(try PreparedCorpus(folder: corpus.folder).sha256 == corpus.sha256)
    try corpus.verify()
  }

  @Test("without it the corpus is refused with how to prepare it again")
  func missing() throws {
    try FileManager.default.removeItem(at: index)
    let error = #expect(throws: CorpusError.self) { try corpus.heldOutDocuments() }
    let message = "\(try #require(error))"
    #expect(message.contains(corpus.folder.path))
    #expect(message.contains("prepare 'small' again"))
  }

  @Test(
    "one that does not fit the manifest is refused by its path",
    arguments: [
      ("\"tokens\":[", "\"tokens\":[1"),
      ("\"sources\":[", "\"sources\":[2,"), ("\"format_version\":1", "\"format_version\":2"),
      ("\"corpus_sha256\":\"", "\"corpus_sha256\":\"0"), ("{", ""),
    ])
  func malformed(found: String, replaced: String) throws {
    let text = try String(contentsOf: index, encoding: .utf8)
    let place = try #require(text.range(of: found))
    try Data(text.replacingCharacters(in: place, with: replaced).utf8).write(to: index)
    let error = #expect(throws: CorpusError.self) { try corpus.heldOutDocuments() }
    #expect("\(try #require(error))".contains(index.path))
  }

  @Test("imported tokens: each file is a source, its documents as far as it tells them")
  func importedTokens() throws {
    let train = try bench.write("train.bin", tokenFile(Array(0..<40)))
    let files = try ["a", "b"].map {
      try bench.write("\($0).bin", tokenFile(Array(0..<($0 == "a" ? 10 : 7))))
    }
    let corpus = try TokenImport(
      name: "tokens", train: [train], validation: files, vocabulary: 50, licence: "none",
      dataFolder: bench.folder
    ).run()
    #expect(
      try corpus.heldOutDocuments() == [
        HeldOutDocument(source: "a.bin", tokens: 0..<10),
        HeldOutDocument(source: "b.bin", tokens: 10..<17),
      ])
    let error = #expect(throws: CorpusError.self) { try corpus.heldOutTexts() }
    #expect("\(try #require(error))".contains("without a tokenizer"))
  }

  /// llm.c's format.
  private func tokenFile(_ tokens: [UInt16]) -> Data {
    var header = [Int32](repeating: 0, count: 256)
    header.replaceSubrange(0..<3, with: [20_240_520, 1, Int32(tokens.count)])
    return bytes(header) + bytes(tokens)
  }
}

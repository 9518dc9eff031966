import Foundation
import Testing

@testable import Corpus

@Suite("A prepared corpus is what its manifest says, or refused")
struct PreparedCorpusTests {
  let bench: Workbench
  let data: URL
  let corpus: PreparedCorpus
  let manifest: URL

  init() throws {
    bench = try Workbench()
    data = bench.folder.appending(path: "data")
    corpus = try bench.preparation([try bench.documents(300)]).run()
    manifest = corpus.folder.appending(path: "manifest.json")
  }

  @Test("found by name and by digest")
  func found() throws {
    #expect(try PreparedCorpus.locate(sha256: corpus.sha256, in: data).folder == corpus.folder)
    #expect(try PreparedCorpus.named("small", in: data).sha256 == corpus.sha256)
    #expect(try PreparedCorpus.all(in: data).map(\.sha256) == [corpus.sha256])
    for refusal in [
      #expect(throws: CorpusError.self) { try PreparedCorpus.named("large", in: data) },
      #expect(throws: CorpusError.self) { try PreparedCorpus.locate(sha256: "00", in: data) },
    ] {
      #expect("\(try #require(refusal))".contains("small"))
    }
  }

  @Test("a manifest in which one figure was changed has another digest")
  func changedManifest() throws {
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try Data(text.replacing("\"seed\" : 0", with: "\"seed\" : 1").utf8).write(to: manifest)
    #expect(try PreparedCorpus(folder: corpus.folder).sha256 != corpus.sha256)
    let error = #expect(throws: CorpusError.self) {
      try PreparedCorpus.locate(sha256: corpus.sha256, in: data)
    }
    #expect("\(try #require(error))".contains(corpus.sha256))
  }

  @Test("a manifest that is torn, of another version or absent is refused by its path")
  func tornManifest() throws {
    let whole = try Data(contentsOf: manifest)
    let newer = String(decoding: whole, as: UTF8.self)
      .replacing("\"format_version\" : 1", with: "\"format_version\" : 2")
    for bad in [whole.dropLast(10), Data(), Data("[]".utf8), Data(newer.utf8), nil] {
      try FileManager.default.removeItem(at: manifest)
      try bad?.write(to: manifest)
      let error = #expect(throws: CorpusError.self) {
        try PreparedCorpus(folder: corpus.folder)
      }
      #expect("\(try #require(error))".contains(manifest.path))
      #expect(throws: CorpusError.self) {
        try PreparedCorpus.locate(sha256: corpus.sha256, in: data)
      }
    }
  }

  @Test(
    "a file that is missing or cut is refused by its path",
    arguments: ["train_000.bin", "validation_000.bin", "tokenizer.model"], [nil, 100])
  func missingFile(name: String, length: Int?) throws {
    let file = corpus.folder.appending(path: name)
    let whole = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    if let length { try whole.prefix(length).write(to: file) }

    for refusal in [
      #expect(throws: CorpusError.self) { try PreparedCorpus(folder: corpus.folder) },
      #expect(throws: CorpusError.self) {
        try PreparedCorpus.locate(sha256: corpus.sha256, in: data)
      },
      #expect(throws: CorpusError.self) { try PreparedCorpus.named("small", in: data) },
      #expect(throws: CorpusError.self) { try corpus.verify() },
    ] {
      #expect("\(try #require(refusal))".contains(file.path))
    }
    #expect(try PreparedCorpus.all(in: data).isEmpty)
  }

  @Test("a changed byte is found by reading everything")
  func changedByte() throws {
    for record in corpus.manifest.files {
      let file = corpus.folder.appending(path: record.file)
      let whole = try Data(contentsOf: file)
      var changed = whole
      changed[changed.count - 1] ^= 1
      try changed.write(to: file)
      let error = #expect(throws: CorpusError.self) { try corpus.verify() }
      #expect("\(try #require(error))".contains(record.sha256))
      try whole.write(to: file)
    }
    try corpus.verify()
  }
}

import Foundation
import Testing

@testable import Corpus

@Suite("Token files of other programs")
struct TokenFileTests {
  static let tokens: [UInt16] = [7, 0, 65_000, 12, 3]

  /// llm.c, version 1.
  static func llmc(_ tokens: [UInt16], count: Int32? = nil) -> Data {
    bytes([Int32(20_240_520), 1, count ?? Int32(tokens.count)]) + Data(count: 1024 - 12)
      + bytes(tokens)
  }

  /// Megatron's index over `lengths`, for uint16 tokens.
  static func megatron(_ lengths: [Int32]) -> Data {
    var index = Data("MMIDIDX\0\0".utf8) + bytes([UInt64(1)]) + Data([8])
    index += bytes([UInt64(lengths.count), UInt64(lengths.count + 1)])
    index += bytes(lengths)
    var offset: Int64 = 0
    for length in lengths {
      index += bytes([offset])
      offset += Int64(length) * 2
    }
    return index + bytes((0...Int64(lengths.count)).map { $0 })
  }

  @Test("llm.c's format is read as it is written, byte by byte")
  func golden() throws {
    let bench = try Workbench()
    let url = bench.folder.appending(path: "train.bin")
    var writer = try TokenFileWriter(url, vocabulary: 65_536)
    try writer.append(Self.tokens[...])
    _ = try writer.finish()
    #expect(try Data(contentsOf: url) == Self.llmc(Self.tokens))
    let file = try TokenFile(url)
    #expect(file.format == .llmc)
    #expect(file.stream.tokens(0..<5) == Self.tokens.map(Int32.init))
  }

  @Test("Megatron's pair of files is read through its index")
  func megatron() throws {
    let bench = try Workbench()
    _ = try bench.write("text.bin", bytes(Self.tokens))
    let index = try bench.write("text.idx", Self.megatron([2, 3]))
    let file = try TokenFile(index)
    #expect(file.format == .megatron)
    #expect(file.stream.tokens(0..<5) == Self.tokens.map(Int32.init))
    #expect(file.documentStarts == [0, 2])
  }

  @Test("nanoGPT's bare tokens are read with their sidecar")
  func nanoGPT() throws {
    let bench = try Workbench()
    let url = try bench.write("val.bin", bytes(Self.tokens))
    _ = try bench.write("val.bin.json", Data(#"{"vocabulary":65536}"#.utf8))
    let file = try TokenFile(url)
    #expect(file.format == .nanoGPT)
    #expect(file.stream.tokens(1..<4) == [0, 65_000, 12])
  }

  @Test("a torn file is refused by name")
  func torn() throws {
    let bench = try Workbench()
    for (name, data) in [
      ("short.bin", Self.llmc(Self.tokens).dropLast()),
      ("long.bin", Self.llmc(Self.tokens) + Data([0, 0])),
      ("header.bin", Self.llmc([]).prefix(100)),
      ("count.bin", Self.llmc(Self.tokens, count: -1)),
    ] {
      let url = try bench.write(name, Data(data))
      let error = #expect(throws: CorpusError.self, "\(name)") { try TokenFile(url) }
      #expect("\(try #require(error))".contains(name))
    }
    _ = try bench.write("text.bin", bytes(Self.tokens).dropLast(2))
    let index = try bench.write("text.idx", Self.megatron([2, 3]))
    #expect(throws: CorpusError.self) { try TokenFile(index) }
    let cut = try bench.write("cut.idx", Self.megatron([2, 3]).dropLast(8))
    #expect(throws: CorpusError.self) { try TokenFile(cut) }
  }

  @Test("token files become a corpus; a stray token or an unknown vocabulary is refused")
  func imported() throws {
    let bench = try Workbench()
    let train = try bench.write("train.bin", Self.llmc(Self.tokens))
    let validation = try bench.write("val.bin", Self.llmc([1, 2, 3]))
    func tokens(_ vocabulary: Int?) throws -> TokenImport {
      try TokenImport(
        name: "theirs", train: [train], validation: [validation], vocabulary: vocabulary,
        licence: "none", dataFolder: bench.folder)
    }
    #expect(throws: CorpusError.self) { try tokens(nil).run() }
    #expect(throws: CorpusError.self) { try tokens(1000).run() }
    let corpus = try tokens(65_536).run()
    #expect(try corpus.tokens(.train).tokens(0..<5) == Self.tokens.map(Int32.init))
    #expect(try tokens(65_536).run().sha256 == corpus.sha256)
    #expect(throws: CorpusError.self) { try tokens(65_001).run() }
  }
}

import Foundation
import Testing

@testable import Corpus

@Suite("A token file that is torn, or is none, is refused by its name")
struct TokenFileRefusalTests {
  /// A file that is to be refused, with what lies beside it.
  struct Bad: Sendable, CustomTestStringConvertible {
    let name: String
    let data: Data
    var beside: [String: Data] = [:]
    /// What the refusal says.
    let says: String

    var testDescription: String { name }
  }

  static let tokens = TokenFileTests.tokens
  static let whole = TokenFileTests.llmc(tokens)
  static let index = TokenFileTests.megatron([2, 3])

  static let torn = [
    Bad(name: "short.bin", data: whole.dropLast(), says: "1034 bytes for 5 tokens"),
    Bad(name: "long.bin", data: whole + Data([0, 0]), says: "1036 bytes found"),
    Bad(name: "header.bin", data: whole.prefix(100), says: "a header of 1024 bytes"),
    Bad(name: "count.bin", data: TokenFileTests.llmc(tokens, count: -1), says: "torn llm.c"),
    Bad(
      name: "odd.bin", data: Data([1, 2, 3]),
      beside: ["odd.bin.json": Data(#"{"vocabulary": 9}"#.utf8)], says: "torn nanoGPT"),
    Bad(
      name: "half.bin", data: bytes(tokens).dropLast(2), beside: ["half.idx": index],
      says: "10 bytes for 5 tokens"),
    Bad(name: "cut.idx", data: index.dropLast(8), says: "torn Megatron index"),
    Bad(name: "stub.idx", data: index.prefix(30), says: "no Megatron index"),
    Bad(
      name: "gap.idx", data: index.replacing(byte: 34, with: 1),
      says: "sequence 1 at byte 2"),
    Bad(
      name: "document.idx", data: index.replacing(byte: 34 + 24, with: 9), says: "sequence 9"),
    Bad(
      name: "absurd.idx", data: index.replacing(byte: 25, with: 0x80), says: "the sizes in its"),
  ]

  static let foreign = [
    Bad(name: "text.bin", data: Data("Once upon a time".utf8), says: "text"),
    Bad(name: "array.npy", data: Data([0x93]) + Data("NUMPY".utf8), says: "NumPy"),
    Bad(name: "text.bin.gz", data: Data([0x1F, 0x8B, 8, 0]), says: "gzip"),
    Bad(name: "archive.zip", data: Data("PK\u{3}\u{4}".utf8), says: "zip"),
    Bad(name: "empty.bin", data: Data(), says: "empty"),
    Bad(name: "bare.bin", data: bytes(tokens), says: "beginning with 07 00 00 00 e8 fd"),
    Bad(name: "renamed.bin", data: index, says: "Megatron index without"),
    Bad(name: "newer.bin", data: whole.replacing(byte: 4, with: 9), says: "version 9"),
    Bad(
      name: "sidecar.bin", data: bytes(tokens), beside: ["sidecar.bin.json": Data("{}".utf8)],
      says: "has no \"vocabulary\""),
    Bad(
      name: "newer.idx", data: TokenFileTests.megatron([5], version: 2), says: "version 2"),
    Bad(name: "bytes.idx", data: TokenFileTests.megatron([5], type: 1), says: "uint8"),
    Bad(name: "odd.idx", data: TokenFileTests.megatron([5], type: 77), says: "element type 77"),
  ]

  @Test("with what was found", arguments: torn + foreign)
  func refused(bad: Bad) throws {
    let bench = try Workbench()
    for (name, data) in bad.beside { _ = try bench.write(name, data) }
    let url = try bench.write(bad.name, bad.data)
    if url.pathExtension == "idx" { _ = try bench.write(bad.binName, bytes(Self.tokens)) }
    let error = #expect(throws: CorpusError.self) { try TokenFile(url) }
    let message = "\(try #require(error))"
    #expect(message.contains(url.path))
    #expect(message.contains(bad.says), "\(message)")
  }

  @Test("at every length short of the whole, in each format", arguments: ["bin", "idx"])
  func everyLength(kind: String) throws {
    let bench = try Workbench()
    _ = try bench.write("text.bin", bytes(Self.tokens))
    let whole = kind == "bin" ? Self.whole : Self.index
    for length in stride(from: 0, to: whole.count, by: 3) {
      let name = kind == "bin" ? "torn.bin" : "text.idx"
      let url = try bench.write(name, whole.prefix(length))
      let error = #expect(throws: CorpusError.self, "\(length) bytes") { try TokenFile(url) }
      #expect("\(try #require(error))".contains(name))
    }
  }

  @Test("and so is one that is missing, or a folder")
  func missing() throws {
    let bench = try Workbench()
    for url in [bench.folder.appending(path: "absent.bin"), bench.folder] {
      let error = #expect(throws: CorpusError.self) { try TokenFile(url) }
      #expect("\(try #require(error))".contains(url.path))
    }
  }
}

extension TokenFileRefusalTests.Bad {
  /// The tokens that an index is about.
  fileprivate var binName: String { name.replacing(".idx", with: ".bin") }
}

extension Data {
  /// The same but for one byte.
  fileprivate func replacing(byte position: Int, with value: UInt8) -> Data {
    var data = self
    data[startIndex + position] = value
    return data
  }
}

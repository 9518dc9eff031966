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

  /// Megatron's index over `lengths`, for uint16 tokens (8) or int32 (4).
  static func megatron(_ lengths: [Int32], type: UInt8 = 8, version: UInt64 = 1) -> Data {
    var index = Data("MMIDIDX\0\0".utf8) + bytes([version]) + Data([type])
    index += bytes([UInt64(lengths.count), UInt64(lengths.count + 1)])
    index += bytes(lengths)
    var offset: Int64 = 0
    for length in lengths {
      index += bytes([offset])
      offset += Int64(length) * (type == 8 ? 2 : 4)
    }
    return index + bytes((0...Int64(lengths.count)).map { $0 })
  }

  @Test("llm.c's tokens follow its header")
  func llmc() throws {
    let bench = try Workbench()
    let file = try TokenFile(try bench.write("train.bin", Self.llmc(Self.tokens)))
    #expect(file.format == .llmc)
    #expect(file.stream.tokens(0..<5) == Self.tokens.map(Int32.init))
    #expect(file.vocabulary == nil)
  }

  @Test("Megatron's pair of files is read through its index")
  func megatron() throws {
    let bench = try Workbench()
    _ = try bench.write("text.bin", bytes(Self.tokens))
    let index = try bench.write("text.idx", Self.megatron([2, 3]))
    for url in [index, bench.folder.appending(path: "text.bin")] {
      let file = try TokenFile(url)
      #expect(file.format == .megatron)
      #expect(file.stream.tokens(0..<5) == Self.tokens.map(Int32.init))
      #expect(file.documentStarts == [0, 2])
    }
  }

  @Test("Megatron's 32-bit tokens are read too")
  func megatronWide() throws {
    let bench = try Workbench()
    _ = try bench.write("text.bin", bytes([Int32(100_000), 5, 1]))
    let index = try bench.write("text.idx", Self.megatron([3], type: 4))
    #expect(try TokenFile(index).stream.tokens(0..<3) == [100_000, 5, 1])
  }

  @Test("nanoGPT's bare tokens are read with their sidecar")
  func nanoGPT() throws {
    let bench = try Workbench()
    let url = try bench.write("val.bin", bytes(Self.tokens))
    _ = try bench.write(
      "val.bin.json", Data(#"{"vocabulary": 65536, "bytes_per_token": 4.5}"#.utf8))
    let file = try TokenFile(url)
    #expect(file.format == .nanoGPT)
    #expect(file.vocabulary == 65_536)
    #expect(file.bytesPerToken == 4.5)
    #expect(file.stream.tokens(1..<4) == [0, 65_000, 12])
  }
}

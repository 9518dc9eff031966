import Foundation
import Testing

@testable import Corpus

@Suite("Token shards")
struct TokenShardsTests {
  @Test("hold llm.c's header and 16-bit tokens, byte by byte")
  func narrow() throws {
    let bench = try Workbench()
    var shards = TokenShards(folder: bench.folder, split: .train, vocabulary: 65_536)
    try shards.append([UInt16(7), 0, 65_535])
    let records = try shards.finish()

    // 20240520 is 0x0134D888.
    let golden =
      Data([0x88, 0xD8, 0x34, 0x01, 1, 0, 0, 0, 3, 0, 0, 0]) + Data(count: 1012)
      + Data([7, 0, 0, 0, 0xFF, 0xFF])
    #expect(try Data(contentsOf: bench.folder.appending(path: "train_000.bin")) == golden)
    #expect(
      records == [
        CorpusManifest.FileRecord(
          file: "train_000.bin",
          sha256: "25042b040472226390bd2c138b960966609724816026488404d427bb046d9ca9",
          bytes: 1030)
      ])
  }

  @Test("widen to 32 bits where the vocabulary needs it")
  func wide() throws {
    let bench = try Workbench()
    var shards = TokenShards(folder: bench.folder, split: .validation, vocabulary: 65_537)
    try shards.append([Int32(65_536), 1])
    _ = try shards.finish()

    // 20240801 is 0x0134D9A1.
    let golden =
      Data([0xA1, 0xD9, 0x34, 0x01, 7, 0, 0, 0, 2, 0, 0, 0]) + Data(count: 1012)
      + Data([0, 0, 1, 0, 1, 0, 0, 0])
    let url = bench.folder.appending(path: "validation_000.bin")
    #expect(try Data(contentsOf: url) == golden)
    let file = try TokenFile(url)
    #expect(file.format == .llmcWide)
    #expect(file.stream.tokens(0..<2) == [65_536, 1])
  }

  @Test("are cut at their size and read as one", arguments: 1...8)
  func cut(seed: Int) throws {
    let bench = try Workbench()
    var random = SeededRandom(seed: seed)
    let tokens = (0..<Int.random(in: 1...50, using: &random)).map { _ in
      UInt16.random(in: 0...999, using: &random)
    }
    let size = Int.random(in: 1...12, using: &random)
    var shards = TokenShards(
      folder: bench.folder, split: .train, vocabulary: 1000, tokensPerShard: size)
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...20, using: &random))
      try shards.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    let files = try shards.finish().map { try TokenFile(bench.folder.appending(path: $0.file)) }

    #expect(files.count == (tokens.count + size - 1) / size)
    #expect(files.dropLast().allSatisfy { $0.stream.count == size })
    let stream = TokenStream(joining: files.map(\.stream))
    #expect(stream.tokens(0..<stream.count) == tokens.map(Int32.init))
    let from = Int.random(in: 0..<tokens.count, using: &random)
    #expect(stream.tokens(from..<tokens.count) == tokens[from...].map(Int32.init))
  }

  @Test("are at least one, though it hold nothing")
  func empty() throws {
    let bench = try Workbench()
    let records = try TokenShards(folder: bench.folder, split: .train, vocabulary: 1000).finish()
    #expect(records.map(\.file) == ["train_000.bin"])
    #expect(try TokenFile(bench.folder.appending(path: "train_000.bin")).stream.isEmpty)
  }
}

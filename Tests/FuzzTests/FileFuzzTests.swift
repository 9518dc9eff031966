import Foundation
import Mutants
import Testing

@testable import Corpus
@testable import Registry
@testable import Trainer

@Suite("Files that were torn, or changed, are read or refused")
struct FileFuzzTests {
  private static func bytes<Number>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }

  /// A folder with files for as long as `body` takes.
  private func inFolder(_ files: [String: Data], _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    try body(folder)
  }

  /// Every token of the file that `mutant` is, `others` beside it.
  private func tokens(_ name: String, _ sample: Data, beside others: [String: Data]) throws {
    try inFolder(others) { folder in
      let url = folder.appending(path: name)
      let fuzzing = Fuzzing([sample], count: 500) { data in
        try data.write(to: url)
        let file = try TokenFile(url)
        return file.stream.tokens(0..<file.stream.count)
      } again: {
        $0
      } isRefusal: {
        $0 is CorpusError
      }
      #expect(fuzzing.findings == [])
      #expect(fuzzing.refused > 50)
    }
  }

  @Test("llm.c's token files")
  func llmc() throws {
    let header = Self.bytes([Int32(20_240_520), 1, 5]) + Data(count: 1024 - 12)
    try tokens("a.bin", header + Self.bytes([7, 0, 65_000, 12, 3] as [UInt16]), beside: [:])
  }

  @Test("Megatron's indices")
  func megatron() throws {
    var index = Data("MMIDIDX\0\0".utf8) + Self.bytes([UInt64(1)]) + Data([8])
    index += Self.bytes([UInt64(2), 3]) + Self.bytes([Int32(2), 3])
    index += Self.bytes([Int64(0), 4]) + Self.bytes([Int64(0), 1, 2])
    try tokens(
      "a.idx", index, beside: ["a.bin": Self.bytes([7, 0, 65_000, 12, 3] as [UInt16])])
  }

  @Test("nanoGPT's sidecars")
  func nanoGPT() throws {
    let tokens: [UInt16] = [7, 0, 65_000, 12, 3]
    try inFolder(["a.bin": Self.bytes(tokens)]) { folder in
      let url = folder.appending(path: "a.bin")
      let sidecar = Data(#"{"vocabulary": 65536, "bytes_per_token": 4.5}"#.utf8)
      let fuzzing = Fuzzing([sidecar], count: 500) { data in
        try data.write(to: url.appendingPathExtension("json"))
        return try TokenFile(url).vocabulary
      } again: {
        $0
      } isRefusal: {
        $0 is CorpusError
      }
      #expect(fuzzing.findings == [])
      #expect(fuzzing.refused > 50)
    }
  }

  @Test("manifests of corpora")
  func manifests() throws {
    let amount = #"{"bytes": 10, "documents": 1, "tokens": 5}"#
    let shard = #"{"bytes": 1034, "file": "train_000.bin", "sha256": "00"}"#
    let split = #"{"amount": \#(amount), "shards": [\#(shard)]}"#
    let sample = """
      {"end_of_document": 1, "format_version": 1, "name": "words", "seed": 0,
       "sources": [{"licence": "none", "name": "a.txt", "sha256": "00", "train": \(amount),
                    "validation": \(amount)}],
       "splits": {"train": \(split), "validation": \(split)}, "token_width": 16, "vocabulary": 512}
      """
    let place = URL(filePath: "/manifest.json")
    let fuzzing = Fuzzing([Data(sample.utf8)], count: 1000) { data in
      try CorpusManifest.decode(data, at: place)
    } again: {
      try CorpusManifest.decode($0.encoded(), at: place)
    } isRefusal: {
      $0 is CorpusError
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 10 && fuzzing.refused > 100)
  }

  @Test("headers of checkpoints")
  func checkpoints() {
    let header = SafetensorsHeader(
      metadata: ["note": "a/b", "step": "3"], tensors: [("gain", [2]), ("w", [2, 3])])
    let sample = header.encoded() + Data(count: header.dataSize)
    let fuzzing = Fuzzing([sample], count: 1500) { data in
      try SafetensorsHeader.decode(data).header
    } again: { header in
      try SafetensorsHeader.decode(header.encoded() + Data(count: header.dataSize)).header
    } isRefusal: {
      $0 is CheckpointError
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 10 && fuzzing.refused > 100)
  }

  @Test("chunks of recorded numbers")
  func chunks() {
    let samples = ["[1,2,3,1000]", "[6.25,0.1,1e-300,3.0]", "[128,null,256]"].map { Data($0.utf8) }
    let fuzzing = Fuzzing(Array(samples.prefix(2)), count: 1500) { data in
      try ChunkText.doubles(String(decoding: data, as: UTF8.self)).map(\.bitPattern)
    } again: { numbers in
      try ChunkText.doubles(ChunkText.encode(numbers.map(Double.init(bitPattern:)))).map(
        \.bitPattern)
    } isRefusal: {
      $0 is RegistryError
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 10 && fuzzing.refused > 100)
    let whole = Fuzzing([samples[0], samples[2]], count: 1500) { data in
      try ChunkText.optionalIntegers(String(decoding: data, as: UTF8.self))
    } again: { numbers in
      try ChunkText.optionalIntegers(ChunkText.encode(numbers))
    } isRefusal: {
      $0 is RegistryError
    }
    #expect(whole.findings == [])
    #expect(whole.decoded > 10 && whole.refused > 100)
  }
}

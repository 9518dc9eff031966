import Foundation

@testable import Corpus

/// A fresh folder, and small texts that are the same every time.
final class Workbench: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "corpus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ data: Data) throws -> URL {
    let url = folder.appending(path: name)
    try data.write(to: url)
    return url
  }

  /// Paragraphs in many documents, one a line of JSON.
  func documents(_ count: Int) throws -> URL {
    let words = ["river", "stone", "lantern", "orchard", "winter", "harbour", "meadow", "copper"]
    let lines = (0..<count).map { index -> String in
      let text = (0..<40).map { words[(index * 7 + $0 * $0 + index / 8) % words.count] }
        .joined(separator: " ")
      return #"{"text":"Document \#(index) says \#(text)."}"#
    }
    return try write("documents.jsonl", Data(lines.joined(separator: "\n").utf8))
  }

  /// Documents of eight sentences each, whose words are about equally frequent.
  func sentences(_ count: Int) throws -> URL {
    let syllables = ["ka", "lo", "mi", "ne", "pu", "ra", "si", "to"]
    var random = SeededRandom(seed: 5)
    let word = { () -> String in
      let index = Int(random.next() % 64)
      return syllables[index / 8] + syllables[index % 8] + syllables[index % 5]
    }
    let lines = (0..<count).map { _ -> String in
      let text = (0..<8).map { _ in
        "The " + (0..<9).map { _ in word() }.joined(separator: " ") + "."
      }
      return #"{"text":"\#(text.joined(separator: " "))"}"#
    }
    return try write("sentences.jsonl", Data(lines.joined(separator: "\n").utf8))
  }

  /// Of a small corpus, its settings changed by `change`.
  func preparation(
    _ files: [URL], data: String = "data", licence: String = "none",
    _ change: (inout CorpusPreparation.Settings) -> Void = { _ in }
  ) throws -> CorpusPreparation {
    var settings = CorpusPreparation.Settings()
    settings.vocabulary = 400
    settings.validationShare = 0.2
    change(&settings)
    return try CorpusPreparation(
      name: "small", importing: files, licence: licence,
      dataFolder: folder.appending(path: data), settings: settings)
  }
}

/// Little-endian bytes of integers, as token files have them.
func bytes<Value: FixedWidthInteger>(_ values: [Value]) -> Data {
  values.map(\.littleEndian).withUnsafeBytes { Data($0) }
}

/// The same numbers for the same seed: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

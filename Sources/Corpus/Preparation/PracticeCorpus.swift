public import Foundation

/// A small corpus made by a rule, for trainers to practise on: each token mostly follows from the one
/// before, so that a model learns something in a few steps. The same bytes every time.
public enum PracticeCorpus {
  /// What it is called.
  public static let name = "practice"
  /// Token values are below this.
  public static let vocabulary = 64

  /// Writes it below `dataFolder`, which is made, and opens it. Throws what the file system throws.
  public static func make(in dataFolder: URL) throws -> PreparedCorpus {
    let folder = PreparedCorpus.corpora(in: dataFolder)
      .appendingPathComponent(name, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var language = Language()
    let train = try split(.train, tokens: 40_000, in: folder, &language)
    let validation = try split(.validation, tokens: 4_000, in: folder, &language)
    let manifest = CorpusManifest(
      formatVersion: CorpusManifest.currentFormat, name: name, seed: 0, vocabulary: vocabulary,
      endOfDocument: nil, tokenizer: nil, sources: [],
      splits: .init(train: train, validation: validation))
    try manifest.encoded().write(
      to: folder.appendingPathComponent(PreparedCorpus.manifestName), options: .atomic)
    return try PreparedCorpus(folder: folder)
  }

  private static func split(
    _ split: Split, tokens count: Int, in folder: URL, _ language: inout Language
  ) throws -> CorpusManifest.SplitRecord {
    let file = folder.appendingPathComponent("\(split.rawValue)_000.bin")
    var writer = try TokenFileWriter(file, vocabulary: vocabulary)
    try writer.append((0..<count).map { _ in language.next() }[...])
    return .init(
      amount: .init(documents: 1, bytes: 2 * count, tokens: count), shards: [try writer.finish()])
  }

  /// Nine tokens of ten follow from the one before, the tenth is drawn.
  private struct Language {
    private var token: UInt16 = 1
    private var state: UInt64 = 3

    mutating func next() -> UInt16 {
      // Knuth's linear congruential generator; its high bits are used.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let drawn = UInt16(truncatingIfNeeded: state >> 48)
      let surprise = drawn % 10 == 0
      token = (surprise ? drawn / 10 : token &* 5 &+ 3) % UInt16(PracticeCorpus.vocabulary)
      return token
    }
  }
}

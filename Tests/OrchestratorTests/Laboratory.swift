import Corpus
import Foundation

/// A fresh data folder with a small prepared corpus and a grid that trains in seconds.
final class Laboratory: Sendable {
  let folder: URL

  /// Six dense and four MoE runs.
  static let grid = """
    study: test
    grid: small
    corpus: words
    budgets: [1e9, 3e9]
    sequence_length: 32
    base: {layers: 2, head_dim: 16, width_multiple: 16}
    allocation: {M: {a: 2, b: 0.5}}
    hyperparameters: {learning_rate: 0.01, batch_tokens: 256}
    evaluation: {count: 2, sequences: 32}
    families:
      dense:
        kind: dense
        axes:
          - scale: [1/2, 1, 2]
      moe:
        kind: moe
        base: {A: 1/2, G: 2, top_k: 2, shared_experts: 1}
        axes:
          - A: [1/2, 1/4]
    """

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = folder.appending(path: "words.txt")
    try Data(Self.words(200_000).utf8).write(to: text)
    var settings = CorpusPreparation.Settings()
    settings.vocabulary = 512
    settings.validationShare = 0.1
    _ = try CorpusPreparation(
      name: "words", importing: [text], licence: "none", dataFolder: folder, settings: settings
    ).run()
    try Data(Self.grid.utf8).write(to: gridFile)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var gridFile: URL { folder.appending(path: "grid.yaml") }
  var registry: URL { folder.appending(path: "registry.db") }

  /// Sentences in which each word depends on the one before, so that there is something to learn.
  private static func words(_ count: Int) -> String {
    let syllables = ["ka", "lo", "mi", "ne", "pu", "ra", "si", "to", "vu", "wen"]
    let lexicon = (0..<400).map { index -> String in
      [index, index / 10, index / 40].map { syllables[$0 % 10] }.joined()
    }
    var state: UInt64 = 1
    var word = 0
    var text = ""
    for position in 1...(count / 6) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      word = (word * 7 + Int(state >> 61)) % lexicon.count
      text += lexicon[word]
      text += position % 12 == 0 ? (position % 96 == 0 ? ".\n\n" : ". ") : " "
    }
    return text
  }
}

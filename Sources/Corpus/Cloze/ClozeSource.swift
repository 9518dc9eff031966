/// The held-out text of one source, on its way to items.
struct ClozeSource {
  private let name: String
  private let settings: ClozeSet.Settings
  private let passages: [Passage]
  /// Words that end a sentence, in order, and how often they occur anywhere.
  private let words: [(word: String, frequency: Int)]

  /// A passage that can be asked for.
  private struct Passage {
    let context: String
    let word: String
    let mark: String
    /// Decides whether it is taken, and which words go with it.
    let hash: UInt64
  }

  init(name: String, documents: [[UInt8]], settings: ClozeSet.Settings) {
    self.name = name
    self.settings = settings
    var passages: [UInt64: Passage] = [:]
    var frequency: [ArraySlice<UInt8>: Int] = [:]
    for text in documents {
      for word in SentenceEnd.words(in: text) { frequency[word, default: 0] += 1 }
      for end in SentenceEnd.all(in: text, contextBytes: settings.contextBytes) {
        let hash = Self.hash(text[end.start...end.mark], seed: settings.seed)
        passages[hash] = Passage(
          context: String(decoding: text[end.start..<end.space], as: UTF8.self),
          word: String(decoding: text[end.space + 1..<end.mark], as: UTF8.self),
          mark: String(decoding: text[end.mark...end.mark], as: UTF8.self), hash: hash)
      }
    }
    self.passages = passages.values.sorted { $0.hash < $1.hash }
    words = Set(passages.values.map(\.word)).sorted().map {
      ($0, frequency[ArraySlice($0.utf8)] ?? 0)
    }
  }

  /// The first passages, by hash, that enough like words are found for.
  func items() -> [ClozeItem] {
    Array(passages.lazy.compactMap(item).prefix(settings.itemsPerSource))
  }

  private func item(_ passage: Passage) -> ClozeItem? {
    guard let right = words.first(where: { $0.word == passage.word }) else { return nil }
    let alike = words.filter { Self.isAlike($0, right) }.map(\.word)
    guard alike.count >= ClozeSet.candidates - 1 else { return nil }
    let wrong = Self.drawn(alike, seed: passage.hash).prefix(ClozeSet.candidates - 1)
    let order = Self.drawn(wrong + [passage.word], seed: ~passage.hash)
    return ClozeItem(
      source: name, context: passage.context, candidates: order.map { " \($0)\(passage.mark)" },
      answer: order.firstIndex(of: passage.word) ?? 0)
  }

  /// Whether `other` is another word of like length and frequency: two letters and a factor of two
  /// at most. The relation goes both ways, so that neither of two words is the better guess.
  private static func isAlike(
    _ other: (word: String, frequency: Int), _ word: (word: String, frequency: Int)
  ) -> Bool {
    other.word != word.word && abs(other.word.utf8.count - word.word.utf8.count) <= 2
      && max(other.frequency, word.frequency) <= 2 * min(other.frequency, word.frequency)
  }

  /// The words in an order that `seed` gives.
  private static func drawn(_ words: [String], seed: UInt64) -> [String] {
    words.map { (hash: hash(Array($0.utf8)[...], seed: seed), word: $0) }
      .sorted { ($0.hash, $0.word) < ($1.hash, $1.word) }.map(\.word)
  }

  private static func hash(_ bytes: ArraySlice<UInt8>, seed: UInt64) -> UInt64 {
    bytes.withUnsafeBytes { StableHash.of($0, seed: seed) }
  }
}

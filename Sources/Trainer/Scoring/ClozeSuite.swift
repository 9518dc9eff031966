public import Corpus

/// A cloze set as a model sees it: tokens.
public struct ClozeSuite: Sendable {
  /// An item: the context's tokens, and those of each candidate.
  struct Question: Sendable {
    let source: String
    let context: [Int32]
    let candidates: [Candidate]
    let answer: Int
  }

  struct Candidate: Sendable {
    let tokens: [Int32]
    let bytes: Int
  }

  let questions: [Question]
  let sha256: String

  /// The set that is made of the validation split of `corpus`. Throws `CorpusError` for a corpus
  /// without documents or text, `ScoringError.noItems`.
  public init(_ corpus: PreparedCorpus, settings: ClozeSet.Settings) throws {
    let set = ClozeSet(try corpus.heldOutTexts(), settings: settings)
    guard !set.items.isEmpty else { throw ScoringError.noItems(corpus: corpus.manifest.name) }
    self.init(set, try corpus.loadTokenizer())
  }

  init(_ set: ClozeSet, _ tokenizer: Tokenizer) {
    // As at the start of a document.
    let start = tokenizer.endOfDocument.map { [$0] } ?? []
    questions = set.items.map { item in
      Question(
        source: item.source, context: start + tokenizer.encode(item.context),
        candidates: item.candidates.map {
          Candidate(tokens: tokenizer.encode($0), bytes: $0.utf8.count)
        }, answer: item.answer)
    }
    sha256 = set.sha256
  }
}

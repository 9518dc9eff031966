/// Why a model cannot be scored.
public enum ScoringError: Error, Equatable {
  /// The file is not the weights of the run, or not whole.
  case modelRefused(path: String, reason: String)
  /// The model has no embedding for a token of the text.
  case vocabularyTooSmall(model: Int, corpus: Int)
  /// The corpus cuts text into other tokens than those that the model was trained on.
  case tokenizerDiffers(corpus: String, trained: String)
  /// The validation split has no whole window.
  case tooShort(corpus: String, seqLen: Int)
  /// No sentence of the validation split makes an item.
  case noItems(corpus: String)
}

extension ScoringError: CustomStringConvertible {
  /// What was wrong, and what would be right.
  public var description: String {
    switch self {
    case .modelRefused(let path, let reason): "\(path) is refused: \(reason)"
    case .vocabularyTooSmall(let model, let corpus):
      "the model's vocab is \(model), the corpus's \(corpus): it was not trained on these tokens"
    case .tokenizerDiffers(let corpus, let trained):
      "the corpus \(corpus) has another tokenizer than \(trained), which the model was trained on; "
        + "take one that was prepared with the same tokenizer"
    case .tooShort(let corpus, let seqLen):
      "the validation split of \(corpus) is shorter than one sequence of \(seqLen) + 1 tokens"
    case .noItems(let corpus):
      "the validation split of \(corpus) has no sentences to make a cloze set of; "
        + "allow longer contexts, or take more text"
    }
  }
}

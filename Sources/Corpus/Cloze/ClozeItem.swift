/// The end of a sentence, and what came before it: which of the candidates ends it?
public struct ClozeItem: Hashable, Sendable {
  /// The package or file that it came from.
  public let source: String
  /// Whole sentences, then the last one up to its last word, without the space before that.
  public let context: String
  /// A space, a word, and the mark that ends the sentence, in a drawn order.
  public let candidates: [String]
  /// The place of the right one.
  public let answer: Int
}

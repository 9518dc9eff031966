/// How far a preparation has come.
public struct CorpusProgress: Hashable, Sendable {
  /// In this order.
  public enum Phase: String, Sendable, CaseIterable {
    case download, clean, split, tokenizer, encode, write
  }

  public let phase: Phase
  /// Of this phase, 0 to 1.
  public let fraction: Double
  /// Downloaded, cleaned or encoded so far in this phase.
  public let bytes: Int
  /// What has just been finished, such as a package's name.
  public let detail: String
}

import Wire

/// Multiple choice made of held-out text: a passage without its last word, and four words to end it
/// with, of which the wrong ones end other sentences of the same source, are about as long and about
/// as frequent there. Equal texts and settings make equal sets on any machine.
public struct ClozeSet: Sendable {
  /// What decides a set, next to the text.
  public struct Settings: Hashable, Sendable {
    /// Chooses the passages and the wrong words.
    public var seed: UInt64
    /// The most items of one source.
    public var itemsPerSource: Int
    /// The longest context, UTF-8 bytes.
    public var contextBytes: Int

    public init(seed: UInt64 = 0, itemsPerSource: Int = 200, contextBytes: Int = 240) {
      self.seed = seed
      self.itemsPerSource = itemsPerSource
      self.contextBytes = contextBytes
    }
  }

  /// Words to choose from, the right one included.
  public static let candidates = 4
  /// The share that guessing gets right.
  public static let chance = 1 / Double(candidates)

  /// Source after source, in the order in which the texts first name them.
  public let items: [ClozeItem]

  /// The set of `texts`, which are documents. A source whose text has too few sentences has no item.
  public init(_ texts: [SourcedText], settings: Settings = Settings()) {
    var names: [String] = []
    var documents: [String: [[UInt8]]] = [:]
    for text in texts {
      if documents[text.source] == nil { names.append(text.source) }
      documents[text.source, default: []].append(Array(text.text.utf8))
    }
    items = names.flatMap { name in
      ClozeSource(name: name, documents: documents[name] ?? [], settings: settings).items()
    }
  }

  /// The set's identity: SHA-256 over every field of every item, each with its length.
  public var sha256: String {
    var hash = SHA256()
    for item in items {
      for field in [item.source, item.context] + item.candidates + ["\(item.answer)"] {
        Array("\(field.utf8.count):\(field)".utf8).withUnsafeBytes { hash.update($0) }
      }
    }
    return hash.finalize()
  }
}

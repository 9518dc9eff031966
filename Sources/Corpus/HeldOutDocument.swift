import Foundation

/// A document of the validation split.
public struct HeldOutDocument: Hashable, Sendable {
  /// The package or file that it came from.
  public let source: String
  /// Its tokens in the split, end-of-document token included.
  public let tokens: Range<Int>
}

extension PreparedCorpus {
  /// The documents of the validation split, in its order. Throws
  /// ``CorpusError/documentsUnknown(name:folder:)`` for a corpus that was prepared before they were
  /// kept, or ``CorpusError/documentsMalformed(_:reason:)``.
  public func heldOutDocuments() throws -> [HeldOutDocument] {
    let index = try DocumentIndex(of: self)
    var start = 0
    return zip(index.sources, index.tokens).map { source, count in
      defer { start += count }
      return HeldOutDocument(
        source: manifest.sources[source].name, tokens: start..<start + count)
    }
  }

  /// The text of each document of the validation split, in its order. Throws what
  /// ``heldOutDocuments()`` throws, and ``CorpusError/textUnknown(name:)`` for a corpus of imported
  /// tokens.
  public func heldOutTexts() throws -> [SourcedText] {
    let tokenizer = try loadTokenizer()
    let stream = try tokens(.validation)
    return try heldOutDocuments().map { document in
      SourcedText(
        source: document.source, text: tokenizer.decode(stream.tokens(document.tokens)))
    }
  }

  /// The tokenizer of the corpus. Throws ``CorpusError/textUnknown(name:)`` for a corpus of imported
  /// tokens, or what loading it throws.
  public func loadTokenizer() throws -> Tokenizer {
    guard let record = manifest.tokenizer else {
      throw CorpusError.textUnknown(name: manifest.name)
    }
    return try Tokenizer(file: folder.appendingPathComponent(record.file))
  }

  /// UTF-8 bytes a token of the validation text of `source`, end-of-document tokens counted; `nil`
  /// where only tokens are known.
  public func heldOutBytesPerToken(of source: String) -> Double? {
    let amount = manifest.sources.filter { $0.name == source }.map(\.validation)
      .reduce(.zero, +)
    guard let bytes = amount.bytes, amount.tokens > 0 else { return nil }
    return Double(bytes) / Double(amount.tokens)
  }
}

/// Text, and where it came from.
public struct SourcedText: Hashable, Sendable {
  /// Package or file name.
  public var source: String
  public var text: String

  public init(source: String, text: String) {
    self.source = source
    self.text = text
  }
}

import Foundation
import Wire

/// Which tokens of the validation split belong to which document and source: `documents.json`.
///
/// It lies beside the manifest and names it, and is no part of it: what a corpus is called, and so
/// what runs are, does not depend on it.
struct DocumentIndex: Hashable, Codable {
  static let fileName = "documents.json"
  static let currentFormat = 1

  var formatVersion = Self.currentFormat
  /// Of the manifest that it belongs to.
  var corpusSHA256: String
  /// The source of each document, as its place in the manifest, in the order of the split.
  var sources: [Int]
  /// The tokens of each, end-of-document token included.
  var tokens: [Int]

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case corpusSHA256 = "corpus_sha256"
    case sources, tokens
  }

  /// Writes it into the folder of its corpus.
  func write(into folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try (encoder.encode(self) + Data("\n".utf8))
      .write(to: folder.appendingPathComponent(Self.fileName), options: .atomic)
  }

  /// Reads that of `corpus`, and checks that it adds up to the manifest. Throws
  /// ``CorpusError/documentsUnknown(name:folder:)`` or
  /// ``CorpusError/documentsMalformed(_:reason:)``.
  init(of corpus: PreparedCorpus) throws {
    let url = corpus.folder.appendingPathComponent(Self.fileName)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CorpusError.documentsUnknown(name: corpus.manifest.name, folder: corpus.folder)
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url, orUnreadable: ()))
    } catch let error as DecodingError {
      throw CorpusError.documentsMalformed(url, reason: "\(error)")
    }
    if let fault = fault(beside: corpus) {
      throw CorpusError.documentsMalformed(url, reason: fault)
    }
  }

  init(corpusSHA256: String, documents: [(source: Int, tokens: Int)]) {
    self.corpusSHA256 = corpusSHA256
    sources = documents.map(\.source)
    tokens = documents.map(\.tokens)
  }

  /// What does not fit the corpus; nil when all does.
  private func fault(beside corpus: PreparedCorpus) -> String? {
    if formatVersion != Self.currentFormat {
      return "format version \(formatVersion), this program reads \(Self.currentFormat)"
    }
    if corpusSHA256 != corpus.sha256 { return "it belongs to the corpus \(corpusSHA256)" }
    let recorded = corpus.manifest.sources.map(\.validation)
    guard sources.count == tokens.count, sources.allSatisfy(recorded.indices.contains),
      tokens.allSatisfy({ $0 >= 0 })
    else { return "its documents and sources do not fit together" }
    var found = recorded.map { _ in (documents: 0, tokens: 0) }
    for (source, count) in zip(sources, tokens) {
      found[source].documents += 1
      found[source].tokens += count
    }
    for (index, source) in corpus.manifest.sources.enumerated()
    where found[index] != (source.validation.documents, source.validation.tokens) {
      return "it has \(found[index].documents) documents and \(found[index].tokens) tokens of "
        + "\(source.name), the manifest \(source.validation.documents) and "
        + "\(source.validation.tokens)"
    }
    return nil
  }
}

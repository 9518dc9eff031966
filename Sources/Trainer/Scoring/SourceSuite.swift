public import Corpus
import Foundation
import Wire

/// The validation split by source: the windows that the validation loss is taken over, each token's
/// loss counted for the document that it is part of.
///
/// As in training, a window's first tokens may belong to one document and the next ones to another.
public struct SourceSuite: Sendable {
  let windows: TokenWindows
  /// The windows that are scored, evenly spaced, as the validation loss takes them.
  let chosen: Int
  let documents: [HeldOutDocument]
  /// UTF-8 bytes a token by source, where they are known, and of the whole split.
  let bytesPerToken: [String: Double]
  /// Of everything that decides which tokens are scored, and for whom.
  let sha256: String

  /// - Parameter limit: score at most so many windows; nil: all.
  ///
  /// Throws `CorpusError` for a corpus that does not keep its documents, `ScoringError.tooShort`.
  public init(_ corpus: PreparedCorpus, seqLen: Int, limit: Int? = nil) throws {
    windows = try corpus.windows(.validation, seqLen: seqLen)
    guard windows.count > 0 else {
      throw ScoringError.tooShort(corpus: corpus.manifest.name, seqLen: seqLen)
    }
    chosen = min(limit ?? windows.count, windows.count)
    documents = try corpus.heldOutDocuments()
    var bytes = [SuiteScore.all: corpus.manifest.bytesPerToken(.validation)]
    for source in Set(documents.map(\.source)) {
      bytes[source] = corpus.heldOutBytesPerToken(of: source)
    }
    bytesPerToken = bytes.compactMapValues(\.self)
    sha256 = SHA256.hex(of: "sources \(corpus.sha256) \(seqLen) \(chosen)")
  }

  /// The window that is scored as number `index`.
  func window(_ index: Int) -> Int { index * windows.count / chosen }
}

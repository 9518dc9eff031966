import Foundation

/// How the files of a source become documents of plain text.
enum Cleaner: String, Codable, Sendable {
  /// dictd dictionaries: an entry is a document.
  case dictionary
  /// SWORD modules exported in OSIS markup: a chapter, or a few pages, is a document.
  case osis
  /// reStructuredText: the sentences of a file are a document.
  case restructuredText
  /// Perl's plain old documentation: the sentences of a file are a document.
  case pod
  /// Markdown: a few pages are a document.
  case markdown
  /// Fortune files: a saying is a document.
  case fortunes

  /// Raised when a cleaner's output changes, so that kept results are made again.
  static let version = 1

  /// Adds the documents of one file.
  func clean(_ source: SourceText, into text: inout CleanText) {
    switch self {
    case .dictionary: Self.dictionary(source, into: &text)
    case .osis: Self.osis(source, into: &text)
    case .restructuredText: Self.restructuredText(source, into: &text)
    case .pod: Self.pod(source, into: &text)
    case .markdown: Self.markdown(source, into: &text)
    case .fortunes: Self.fortunes(source, into: &text)
    }
    text.endDocument()
  }
}

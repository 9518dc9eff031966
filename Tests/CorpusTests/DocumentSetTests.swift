import Foundation
import Testing

@testable import Corpus

@Suite("Documents are split by their content, and say nothing twice")
struct DocumentSetTests {
  /// One document a string, ended as cleaned text has it.
  static func set(
    _ documents: [String], seed: UInt64 = 0, share: Double = 0.3,
    paragraphs: DocumentSet.ParagraphEnd = .newline
  ) -> DocumentSet {
    var set = DocumentSet(seed: seed, validationShare: share)
    let bytes = documents.flatMap { Array($0.utf8) + [CleanText.documentEnd] }
    bytes.withUnsafeBytes { set.add($0, source: 0, paragraphs: paragraphs) }
    set.shuffle()
    return set
  }

  static func texts(_ set: DocumentSet, _ split: Split) -> [String] {
    set[split].map { String(decoding: set.text[$0.range], as: UTF8.self) }
  }

  static let documents = (0..<500).map { "Document number \($0) tells of a river and a harbour." }

  @Test("each document is in one split, and none is lost")
  func disjoint() {
    let set = Self.set(Self.documents)
    let train = Self.texts(set, .train)
    let validation = Self.texts(set, .validation)
    #expect(Set(train).isDisjoint(with: validation))
    #expect((train + validation).sorted() == Self.documents.sorted())
    // 150 expected, a standard deviation of 10.
    #expect((110...190).contains(validation.count))
  }

  @Test("neither the order nor the company of a document moves it", arguments: 1...5)
  func stable(seed: Int) {
    var random = SeededRandom(seed: seed)
    let all = Self.set(Self.documents)
    let some = Array(Self.documents.shuffled(using: &random).prefix(200))
    let few = Self.set(some)
    for split in Split.allCases {
      let chosen = Set(some)
      #expect(Self.texts(few, split) == Self.texts(all, split).filter(chosen.contains))
    }
  }

  @Test("the split is the same in every release")
  func golden() {
    let set = Self.set((0..<12).map { "Document \($0)" })
    #expect(Self.texts(set, .validation) == ["Document 2", "Document 4"])
    #expect(
      Self.texts(Self.set(Self.documents, seed: 1), .validation)
        != Self.texts(Self.set(Self.documents), .validation))
  }

  static let paragraph = "A paragraph that is long enough to count as one when repeated."
  static let other = "Another paragraph, which is long enough to stand for itself."
  static let news = "A third one, of the same length or so, that nobody has read before."

  @Test("a paragraph that was seen before is dropped, wherever in a document it stands")
  func repeated() {
    for (ending, paragraphs) in [("\n", DocumentSet.ParagraphEnd.newline), ("\n\n", .blankLine)] {
      let first = [Self.paragraph, Self.other].joined(separator: ending)
      let second = ["Title", Self.other, Self.news, Self.paragraph].joined(separator: ending)
      let set = Self.set([first, second], share: 0, paragraphs: paragraphs)
      #expect(Set(Self.texts(set, .train)) == [first, "Title" + ending + Self.news])
    }
  }

  @Test("a document of which only headings are left is dropped whole")
  func headings() {
    let set = Self.set(
      [Self.paragraph + "\n", "Title\n" + Self.paragraph + "\n", "Short\n", "Short\n"], share: 0)
    #expect(Self.texts(set, .train).sorted() == [Self.paragraph, "Short", "Short"])
  }
}

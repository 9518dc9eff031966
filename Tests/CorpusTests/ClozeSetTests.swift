import Foundation
import Testing

@testable import Corpus

@Suite("A cloze set is made of held-out text and a seed, and of nothing else")
struct ClozeSetTests {
  let bench: Workbench
  let corpus: PreparedCorpus
  let texts: [SourcedText]
  let set: ClozeSet

  init() throws {
    bench = try Workbench()
    corpus = try bench.preparation([try bench.sentences(400)]).run()
    texts = try corpus.heldOutTexts()
    set = ClozeSet(texts)
  }

  @Test("equal text and seed, equal set; another seed, another one")
  func deterministic() throws {
    #expect(set.items.count == 200)
    #expect(ClozeSet(texts).items == set.items)
    #expect(ClozeSet(texts).sha256 == set.sha256)
    // The order of documents is none of its business.
    #expect(ClozeSet(texts.reversed()).sha256 == set.sha256)
    let other = ClozeSet(texts, settings: .init(seed: 1))
    #expect(other.items.count == 200 && other.sha256 != set.sha256)
    #expect(Set(other.items.map(\.context)) != Set(set.items.map(\.context)))
    let few = ClozeSet(texts, settings: .init(itemsPerSource: 7))
    #expect(few.items == Array(set.items.prefix(7)))
  }

  @Test("a fixed text gives the digest that it gave when this was written")
  func golden() {
    let words = ["river", "stone", "lantern", "orchard", "winter", "harbour", "meadow", "copper"]
    let text = (0..<64).map { index in
      "The keeper of the place number \(index) saw a \(words[index % 8]) beside the old "
        + "\(words[(index * 3 + index / 8) % 8])."
    }
    let set = ClozeSet([SourcedText(source: "fixed", text: text.joined(separator: " "))])
    #expect(set.items.count == 64)
    #expect(set.items.first?.candidates.count == 4)
    #expect(set.sha256 == Self.goldenDigest)
  }

  private static let goldenDigest =
    "ff2851f46c39698f26a0b675840921249e3b7af2b1ebd18210c6ac8694bd29ce"

  @Test("every item is whole sentences of a held-out document and its right last word")
  func rightAnswers() {
    for item in set.items {
      let passage = item.context + item.candidates[item.answer]
      #expect(texts.contains { $0.text.contains(passage) })
      #expect((40...240).contains(item.context.utf8.count))
      #expect(item.context.hasPrefix("The "))
    }
  }

  @Test("no passage was trained on")
  func noLeak() throws {
    let tokens = corpus.manifest.splits.train.amount.tokens
    let train = try corpus.loadTokenizer()
      .decode(try corpus.tokens(.train).tokens(0..<tokens))
    #expect(train.contains("The "))
    for item in set.items {
      #expect(!train.contains(item.context + item.candidates[item.answer]))
    }
  }

  @Test("the wrong words differ, end other sentences, and are about as long and as frequent")
  func distractors() {
    let all = texts.map(\.text).joined(separator: "\n")
    var frequency: [String: Int] = [:]
    for word in all.split(whereSeparator: { !$0.isLetter }) where word == word.lowercased() {
      frequency[String(word), default: 0] += 1
    }
    for item in set.items {
      #expect(Set(item.candidates).count == 4)
      let right = word(item.candidates[item.answer])
      for candidate in item.candidates {
        let other = word(candidate)
        #expect(candidate == " \(other).")
        #expect(all.contains(candidate))
        #expect(abs(other.count - right.count) <= 2)
        let pair = [frequency[other] ?? 0, frequency[right] ?? 0]
        #expect(pair.max()! <= 2 * pair.min()!)
      }
    }
    // The right one is not always at the same place.
    #expect(Set(set.items.map(\.answer)).count == 4)
  }

  private func word(_ candidate: String) -> String { candidate.filter(\.isLetter) }

  @Test("context and candidate have the same tokens apart and together")
  func tokens() throws {
    let tokenizer = try corpus.loadTokenizer()
    for item in set.items {
      for candidate in item.candidates {
        #expect(
          tokenizer.encode(item.context) + tokenizer.encode(candidate)
            == tokenizer.encode(item.context + candidate))
      }
    }
  }

  @Test(
    "text that has no such sentence makes no item",
    arguments: [
      "", "no end", "Too short.",
      "A CAPITAL word ends this otherwise long and whole sentence HERE.",
      "A number ends this otherwise long and whole sentence 1234.",
    ])
  func nothing(text: String) {
    #expect(ClozeSet([SourcedText(source: "s", text: text)]).items.isEmpty)
  }
}

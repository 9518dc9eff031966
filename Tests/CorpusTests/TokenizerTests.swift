import Foundation
import Testing

@testable import Corpus

@Suite("The tokenizer encodes any text")
struct TokenizerTests {
  static let model: Data = {
    let bench = try! Workbench()
    let lines = try! String(contentsOf: bench.documents(200), encoding: .utf8)
    return try! Tokenizer.train(on: lines.components(separatedBy: "\n"), vocabulary: 400)
  }()

  @Test("and decodes it again, whatever the scalars", arguments: 1...40)
  func roundTrip(seed: Int) throws {
    let tokenizer = try Tokenizer(model: Self.model)
    var random = SeededRandom(seed: seed)
    // Each width of UTF-8, control characters and what SentencePiece gives a meaning of its own.
    let kinds: [[ClosedRange<UInt32>]] = [
      [0x20...0x7E], [0...0x1F, 0x7F...0x9F], [0xA0...0x7FF], [0x800...0xD7FF, 0xE000...0xFFFF],
      [0x1_0000...0x10_FFFF], [0x2581...0x2581, 0x20...0x20, 0x0A...0x0A],
    ]
    let scalars = (0..<Int.random(in: 0...80, using: &random)).map { _ in
      let range = kinds.randomElement(using: &random)!.randomElement(using: &random)!
      return Unicode.Scalar(UInt32.random(in: range, using: &random))!
    }
    let text = String(String.UnicodeScalarView(scalars))
    let tokens = tokenizer.encode(text)
    #expect(tokens.allSatisfy { (0..<400).contains($0) })
    #expect(Array(tokenizer.decode(tokens).unicodeScalars) == scalars)
  }

  @Test(
    "and decodes what looks like its own pieces",
    arguments: [
      "", " ", "  two  spaces  ", "\n\n", "</s>", "<unk>", "<0x41>", "\u{2581}river", "a\u{0}b",
      "e\u{301}", "\u{FFFD}", String(repeating: "long", count: 100),
    ])
  func lookalikes(text: String) throws {
    let tokenizer = try Tokenizer(model: Self.model)
    let tokens = tokenizer.encode(text)
    #expect(Array(tokenizer.decode(tokens).utf8) == Array(text.utf8))
    #expect(!tokens.contains(try #require(tokenizer.endOfDocument)))
  }

  @Test("the same with a memory of words as without")
  func memory() throws {
    let tokenizer = try Tokenizer(model: Self.model)
    let encoder = TokenEncoder(tokenizer)
    for text in ["river stone", "stone river", "river stone", " stone\nriver "] {
      let remembered = Array(text.utf8).withUnsafeBytes { encoder.encode($0) { Array($0) } }
      #expect(remembered == tokenizer.encode(text))
    }
  }

  @Test("a vocabulary without room for pieces, or beyond 16 bits, is refused")
  func vocabularies() {
    for vocabulary in [299, 65_537] {
      #expect(throws: CorpusError.self) {
        try Tokenizer.train(on: ["river stone"], vocabulary: vocabulary)
      }
    }
  }

  @Test("frequent words take few tokens")
  func compresses() throws {
    let tokenizer = try Tokenizer(model: Self.model)
    #expect(tokenizer.encode("river stone lantern").count < 8)
  }

  @Test("what is no model is refused")
  func foreign() {
    #expect(throws: CorpusError.self) { try Tokenizer(model: Data("nothing".utf8)) }
  }
}

@Suite("Windows of tokens")
struct TokenWindowsTests {
  @Test("overlap by the one token that each predicts")
  func windows() {
    let windows = TokenWindows(tokens: Array(0..<10), seqLen: 3)
    #expect(windows.count == 3)
    var inputs = [Int32](repeating: 0, count: 3)
    var targets = inputs
    inputs.withUnsafeMutableBufferPointer { inputs in
      targets.withUnsafeMutableBufferPointer { windows.copy(1, inputs: inputs, targets: $0) }
    }
    #expect(inputs == [3, 4, 5])
    #expect(targets == [4, 5, 6])
  }
}

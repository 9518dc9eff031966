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

  @Test("and decodes it again, whatever the scalars", arguments: 1...20)
  func roundTrip(seed: Int) throws {
    let tokenizer = try Tokenizer(model: Self.model)
    var state = UInt64(seed)
    let scalars = (0..<60).compactMap { _ -> Unicode.Scalar? in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let range: UInt32 = state >> 60 < 8 ? 0x7F : state >> 60 < 12 ? 0x7FF : 0x1F_FFF
      let value = UInt32(truncatingIfNeeded: state >> 20) % range
      return value < 0x20 ? nil : Unicode.Scalar(value)
    }
    let text = "a" + String(String.UnicodeScalarView(scalars)) + "z"
    let tokens = tokenizer.encode(text)
    #expect(tokens.allSatisfy { (0..<400).contains($0) })
    #expect(tokenizer.decode(tokens) == text)
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

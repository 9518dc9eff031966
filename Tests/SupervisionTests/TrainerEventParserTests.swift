import Foundation
import Testing
import Wire

@testable import Supervision

@Suite("Reading a trainer's output")
struct TrainerEventParserTests {
  static let step = #"{"event":"step","step":1,"tokens":8,"loss":5.5}"#
  static let event = TrainerEvent.step(.init(step: 1, tokens: 8, loss: 5.5))

  @Test("however the bytes are cut, the events are the same", arguments: 1...60)
  func pieces(size: Int) {
    let bytes = Data((0..<5).map { _ in Self.step + "\n" }.joined().utf8)
    var parser = TrainerEventParser()
    var events: [TrainerEvent] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let parsed = parser.feed(bytes[start..<min(start + size, bytes.count)])
      #expect(parsed.violation == nil)
      events += parsed.events
    }
    #expect(events == Array(repeating: Self.event, count: 5))
    #expect(parser.finish().events.isEmpty)
  }

  @Test("a line that is no event is quoted, and what follows is not read")
  func foreign() {
    var parser = TrainerEventParser()
    let parsed = parser.feed(Data("\(Self.step)\nepoch 3 done\n\(Self.step)\n".utf8))
    #expect(parsed.events == [Self.event])
    #expect(parsed.violation?.description.contains(": epoch 3 done\n") == true)
    #expect(parser.feed(Data((Self.step + "\n").utf8)) == .init(events: []))
  }

  @Test(
    "an unknown event, a missing field, a number that is none and an empty line are foreign",
    arguments: [
      (#"{"event":"stop"}"#, "`event`: "), (#"{"event":"step","step":1}"#, "`tokens` is missing"),
      (#"{"event":"step","step":1,"tokens":8,"loss":NaN}"#, "the line: "), ("[]", "the line: "),
      ("", "the line: "),
    ])
  func refused(line: String, fault: String) throws {
    var parser = TrainerEventParser()
    let violation = parser.feed(Data((line + "\n").utf8)).violation
    guard case .foreign(line, let reason)? = violation else {
      return #expect(Bool(false), "\(String(describing: violation))")
    }
    #expect(reason.hasPrefix(fault), "\(reason)")
  }

  @Test("a line without end is refused as soon as it is too long")
  func oversized() {
    var parser = TrainerEventParser(lineLimit: 100)
    #expect(parser.feed(Data(repeating: 65, count: 100)).violation == nil)
    #expect(parser.feed(Data([65])).violation == .oversized(limit: 100))
    var whole = TrainerEventParser(lineLimit: 100)
    #expect(whole.feed(Data(repeating: 65, count: 101) + Data([10])).violation != nil)
  }

  @Test("a last line without its end counts when it is whole and is dropped when it is torn")
  func unterminated() {
    var parser = TrainerEventParser()
    #expect(parser.feed(Data(Self.step.utf8)).events.isEmpty)
    #expect(parser.finish().events == [Self.event])
    var torn = TrainerEventParser()
    _ = torn.feed(Data(Self.step.utf8).dropLast(3))
    #expect(torn.finish() == .init(events: []))
  }
}

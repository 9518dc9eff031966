import Foundation
import Testing

@testable import Corpus

@Suite("A user's text is kept as it is")
struct TextFileTests {
  static func documents(_ url: URL) throws -> [String] {
    String(decoding: try TextFile(url).documents(), as: UTF8.self)
      .components(separatedBy: "\u{0}").dropLast()
  }

  @Test("except for zero bytes and the line breaks of Windows")
  func kept() throws {
    let bench = try Workbench()
    let file = try bench.write("a.txt", Data("# A\r\n\tb  \u{0}ç\rd\n".utf8))
    #expect(try Self.documents(file) == ["# A\n\tb  ç\rd\n"])
  }

  @Test("a line of JSON is a document; blank lines and blank texts are none")
  func lines() throws {
    let bench = try Workbench()
    let text = #"{"text": "one\ntwo"}\#n\#r\#n{"id": 1, "text": "three"}\#n{"text": " "}\#n"#
    let file = try bench.write("a.jsonl", Data(text.utf8))
    #expect(try Self.documents(file) == ["one\ntwo", "three"])
  }

  @Test("a long text is cut into pages at blank lines, and nothing is lost")
  func pages() throws {
    let bench = try Workbench()
    let text = (0..<800).map { "Paragraph \($0), which goes on for a while.\n\n" }.joined()
    let documents = try Self.documents(try bench.write("a.md", Data(text.utf8)))
    #expect(documents.joined() == text)
    #expect(documents.count == 5)
    #expect(documents.dropLast().allSatisfy { (8192..<8300).contains($0.utf8.count) })
    #expect(documents.allSatisfy { $0.hasPrefix("Paragraph ") })
  }

  @Test(
    "bad input is refused with its place",
    arguments: [
      ("a.pdf", Data("%PDF".utf8), "a.pdf has no known text format"),
      ("a.txt", Data([0x61, 0x62, 0xFF]), "not UTF-8 at byte 2"),
      ("a.txt", Data(" \n".utf8), "No text is left of a.txt"),
      ("a.jsonl", Data("{\"text\": \"one\"}\n\n{\"body\": 1}".utf8), "line 3"),
      ("a.jsonl", Data("{\"text\": \"one\"".utf8), "line 1"),
    ])
  func refused(name: String, data: Data, says: String) throws {
    let bench = try Workbench()
    let url = try bench.write(name, data)
    let error = #expect(throws: CorpusError.self) { try TextFile(url).documents() }
    #expect("\(try #require(error))".contains(says))
  }
}

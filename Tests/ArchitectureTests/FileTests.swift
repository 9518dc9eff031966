import Foundation
import Testing

@Suite("Files are short, and named for what they hold")
struct FileTests {
  let tree = SourceTree()

  @Test("no source file is over 400 lines")
  func length() throws {
    for folder in ["Sources", "Tests"] {
      for file in try tree.files(in: folder, extensions: ["swift", "c", "h", "cpp"]) {
        #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
      }
    }
  }

  @Test("the median source file is about 100 lines")
  func median() throws {
    let lengths = try tree.files(in: "Sources").map(\.lines.count).sorted()
    #expect(lengths[lengths.count / 2] <= 130)
  }

  @Test("no folder or file is a catch-all", arguments: ["Utils", "Common", "Helpers", "Models"])
  func names(word: String) throws {
    for file in try tree.files(in: "Sources") {
      let parts = file.path.split(separator: "/").map { $0.prefix { $0 != "." } }
      #expect(!parts.contains(Substring(word)), "\(file.path)")
    }
  }

  @Test("no marker of unfinished work is left")
  func markers() throws {
    let marker = /\b(TO-?DO|FIX-?ME|XXX|HACK)\b/
    for file in try tree.files(in: "Sources", extensions: ["swift", "c", "h", "cpp"]) {
      #expect(file.text.firstMatch(of: marker) == nil, "\(file.path)")
    }
  }

  @Test("every target is described in ARCHITECTURE.md")
  func described() throws {
    let text = try String(
      contentsOf: tree.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
    for target in try tree.folders(in: "Sources") {
      #expect(text.contains("`\(target)`"), "\(target)")
    }
  }
}

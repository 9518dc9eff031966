import GridFile
import Testing

@Suite("A hostile file is refused, not fatal")
struct DeepNestingTests {
  @Test("however deep its lists are", arguments: [100, 10_000])
  func deep(levels: Int) {
    #expect(throws: GridFileError.self) {
      try GridFile.decode(String(repeating: "[", count: levels), file: "deep.yaml")
    }
  }
}

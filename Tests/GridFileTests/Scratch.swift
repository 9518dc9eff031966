import GridFile
import Testing
@Suite struct Scratch {
  @Test func deep() throws {
    for n in [100, 1000, 10000, 100000] {
    let e = #expect(throws: GridFileError.self) { try GridFile.decode(String(repeating: "[", count: n), file: "x") }
    print("DEEP", n, e!.description.prefix(200))
    }
  }
}

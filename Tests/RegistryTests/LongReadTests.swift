import Foundation
import Testing

@testable import Registry

@Suite("A long read by another program holds up nothing, and its cost is seen")
struct LongReadTests {
  /// The stock `sqlite3` program in the middle of a transaction that reads.
  private final class Reader {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ path: String) throws {
      process.executableURL = URL(filePath: "/usr/bin/sqlite3")
      process.arguments = [path]
      process.standardInput = input
      process.standardOutput = output
      try process.run()
    }

    /// The first line of its answer.
    func answer(_ statement: String) -> String {
      input.fileHandleForWriting.write(Data((statement + "\n").utf8))
      var text = ""
      while !text.hasSuffix("\n") {
        let byte = output.fileHandleForReading.readData(ofLength: 1)
        guard !byte.isEmpty else { break }
        text += String(decoding: byte, as: UTF8.self)
      }
      return text.trimmingCharacters(in: .newlines)
    }

    func end() {
      input.fileHandleForWriting.closeFile()
      process.waitUntilExit()
    }
  }

  /// Submits grids until the log is larger than `bytes`, or `limit` of them.
  private func write(_ ledger: Ledger, until bytes: Int64, limit: Int, grid: inout UInt64)
    async throws
  {
    for _ in 0..<limit where ledger.registry.walBytes < bytes {
      grid += 1
      let first = grid * 1000
      try await ledger.submit(Array(first..<first + 200), grid: "g\(grid)")
    }
  }

  @Test("writing goes on, the reader keeps its view, the log grows, and starts over afterwards")
  func wal() async throws {
    let ledger = try await Ledger()
    var grid: UInt64 = 0
    try await ledger.submit([1])
    let reader = try Reader(ledger.path)
    #expect(reader.answer("BEGIN; SELECT count(*) FROM run;") == "1")

    let large: Int64 = 6 << 20
    try await write(ledger, until: large, limit: 100, grid: &grid)
    let grown = ledger.registry.walBytes
    #expect(grown >= large)
    #expect(reader.answer("SELECT count(*) FROM run;") == "1")
    #expect(try await ledger.rows("SELECT count(*) FROM run") == [["\(1 + 200 * grid)"]])

    #expect(reader.answer("COMMIT; SELECT 'done';") == "done")
    // Three times as much is more than the log gets long before it is copied into the file.
    try await write(ledger, until: .max, limit: 3 * Int(grid), grid: &grid)
    #expect(ledger.registry.walBytes <= Int64(LogLength.restLength) * 4096 + (2 << 20))
    #expect(reader.answer("SELECT count(*) FROM run;") == "\(1 + 200 * grid)")
    reader.end()
  }
}

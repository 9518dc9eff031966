import Foundation

/// The end of a log: what a person needs to see of it in a failure message.
enum LogTail {
  /// The last `lines` lines of the file, of its last `bytes` bytes at most; empty when there is no
  /// such file.
  static func read(_ file: URL, lines: Int = 20, bytes: UInt64 = 4096) -> String {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return "" }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    try? handle.seek(toOffset: size > bytes ? size - bytes : 0)
    let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).suffix(lines).joined(separator: "\n")
  }
}

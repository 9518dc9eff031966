import Foundation

/// A user's own text: `.txt`, or `.jsonl` with a `text` key. It is kept as it is, except that line
/// breaks are newlines and zero bytes go.
struct TextFile {
  private enum Format {
    case plain, lines
  }

  private let url: URL
  private let format: Format

  /// Throws ``CorpusError/unknownTextFormat(_:)``.
  init(_ url: URL) throws {
    switch url.pathExtension.lowercased() {
    case "txt", "text", "md": format = .plain
    case "jsonl", "ndjson": format = .lines
    default: throw CorpusError.unknownTextFormat(url)
    }
    self.url = url
  }

  /// The documents, each ended by a zero byte: an object's text, or a few pages of a long plain
  /// text, cut at a blank line, so that a single file can be split too. Throws
  /// ``CorpusError/textNotUTF8(_:offset:)``, ``CorpusError/malformedLine(_:line:reason:)`` or
  /// ``CorpusError/sourceEmpty(_:)``.
  func documents() throws -> [UInt8] {
    let file = try MappedFile(url)
    if let offset = file.withBytes(SourceText.firstInvalid) {
      throw CorpusError.textNotUTF8(url, offset: offset)
    }
    var output: [UInt8] = []
    output.reserveCapacity(file.size)
    switch format {
    case .plain: Self.append(pages: file.withBytes(Self.normalised), to: &output)
    case .lines: try file.withBytes { try appendObjects($0, to: &output) }
    }
    guard !output.isEmpty else { throw CorpusError.sourceEmpty(url.lastPathComponent) }
    return output
  }

  private struct Object: Decodable {
    var text: String
  }

  private func appendObjects(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) throws {
    let decoder = JSONDecoder()
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
      let text: String
      do {
        text = try decoder.decode(Object.self, from: Data(line)).text
      } catch {
        throw CorpusError.malformedLine(
          url, line: index + 1, reason: "no JSON object with a \"text\" string")
      }
      let document = Array(text.utf8).withUnsafeBytes(Self.normalised)
      guard !document[...].isBlank else { continue }
      output.append(contentsOf: document)
      output.append(CleanText.documentEnd)
    }
  }

  private static func append(pages text: [UInt8], to output: inout [UInt8]) {
    var start = 0
    var position = 0
    while position < text.count {
      let isBlankLine = text[position] == 0x0a && position > 0 && text[position - 1] == 0x0a
      position += 1
      let isPage = isBlankLine && position - start >= CleanText.pageBytes
      guard isPage || position == text.count else { continue }
      if !text[start..<position].isBlank {
        output.append(contentsOf: text[start..<position])
        output.append(CleanText.documentEnd)
      }
      start = position
    }
  }

  private static func normalised(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      let isReturn = byte == 0x0d && index + 1 < bytes.count && bytes[index + 1] == 0x0a
      if byte != 0, !isReturn { output.append(byte) }
    }
    return output
  }
}

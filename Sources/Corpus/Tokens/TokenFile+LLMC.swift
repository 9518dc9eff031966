import Foundation
import Wire

extension TokenFile {
  /// First word of an llm.c token file.
  enum LLMCMagic: Int32 {
    case uint16 = 20_240_520
    case uint32 = 20_240_801

    var version: Int32 {
      switch self {
      case .uint16: 1
      case .uint32: 7
      }
    }

    var format: Format {
      switch self {
      case .uint16: .llmc
      case .uint32: .llmcWide
      }
    }

    var width: TokenStream.Width {
      switch self {
      case .uint16: .uint16
      case .uint32: .int32
      }
    }
  }

  /// 256 × int32.
  static let llmcHeaderBytes = 1024

  static func llmc(_ file: MappedFile, magic: LLMCMagic) throws -> TokenFile {
    let name = magic.format.rawValue
    let size = file.size
    guard size >= llmcHeaderBytes else {
      throw CorpusError.tokenFileTorn(
        file.url, format: name, expected: "a header of \(llmcHeaderBytes) bytes",
        found: "\(size) bytes")
    }
    let version = file.integer(at: 4, as: Int32.self)
    guard version == magic.version else {
      throw CorpusError.tokenFileForeign(
        file.url, found: "\(name) of version \(version), where \(magic.version) is read")
    }
    let count = Int(file.integer(at: 8, as: Int32.self))
    let expected = llmcHeaderBytes + count * magic.width.rawValue
    guard count >= 0, size == expected else {
      throw CorpusError.tokenFileTorn(
        file.url, format: name, expected: "\(expected) bytes for \(count) tokens",
        found: "\(size) bytes")
    }
    let storage = TokenStream.Segment.Storage.file(
      file, offset: llmcHeaderBytes, width: magic.width)
    return TokenFile(file: file, format: magic.format, stream: TokenStream([(storage, count)]))
  }
}

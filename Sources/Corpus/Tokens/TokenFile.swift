public import Foundation

/// A file of tokens in one of the field's formats, memory-mapped. The format is recognised by its
/// magic number or by the file beside it; anything else is refused.
public struct TokenFile: Sendable {
  /// The layouts that are read, each little-endian.
  public enum Format: String, Sendable {
    /// llm.c version 1: 256 × int32 header (magic 20240520, version 1, tokens), then uint16.
    case llmc = "llm.c"
    /// llm.c's Llama 3 variant: magic 20240801, version 7, then uint32.
    case llmcWide = "llm.c (32-bit)"
    /// nanoGPT: raw uint16; the vocabulary is in `name.bin.json`.
    case nanoGPT = "nanoGPT"
    /// Megatron-LM: tokens in `name.bin`, layout in `name.idx`.
    case megatron = "Megatron"
  }

  public let url: URL
  public let format: Format
  /// All tokens in file order.
  public let stream: TokenStream
  /// Size of the file.
  public let bytes: Int
  /// Known where a file beside it tells it.
  public let vocabulary: Int?
  /// Text bytes a token, where a file beside it tells it.
  public let bytesPerToken: Double?
  /// First token of each document, where the format records it.
  public let documentStarts: [Int]?

  /// Opens and checks the file. Throws ``CorpusError/unreadable(_:reason:)``,
  /// ``CorpusError/tokenFileTorn(_:format:expected:found:)``,
  /// ``CorpusError/tokenFileForeign(_:found:)`` or
  /// ``CorpusError/tokenWidthUnsupported(_:found:)``.
  public init(_ url: URL) throws {
    let index = url.deletingPathExtension().appendingPathExtension("idx")
    let sidecar = url.appendingPathExtension("json")
    if url.pathExtension == "idx" {
      self = try Self.megatron(url.deletingPathExtension().appendingPathExtension("bin"))
      return
    }
    let file = try MappedFile(url)
    if let magic = file.leadingMagic {
      self = try Self.llmc(file, magic: magic)
    } else if FileManager.default.fileExists(atPath: index.path) {
      self = try Self.megatron(url)
    } else if FileManager.default.fileExists(atPath: sidecar.path) {
      self = try Self.nanoGPT(file, sidecar: sidecar)
    } else {
      throw CorpusError.tokenFileForeign(url, found: file.guess)
    }
  }

  init(
    file: MappedFile, format: Format, stream: TokenStream, vocabulary: Int? = nil,
    bytesPerToken: Double? = nil, documentStarts: [Int]? = nil
  ) {
    url = file.url
    bytes = file.size
    self.format = format
    self.stream = stream
    self.vocabulary = vocabulary
    self.bytesPerToken = bytesPerToken
    self.documentStarts = documentStarts
  }
}

extension MappedFile {
  /// llm.c's magic number, if the file begins with one.
  fileprivate var leadingMagic: TokenFile.LLMCMagic? {
    guard size >= 4 else { return nil }
    return TokenFile.LLMCMagic(rawValue: integer(at: 0, as: Int32.self))
  }

  /// What a file that is none of the known formats seems to be.
  fileprivate var guess: String {
    let head = withBytes { [UInt8]($0.prefix(4096)) }
    if head.isEmpty { return "empty" }
    if head.starts(with: [0x93] + Array("NUMPY".utf8)) { return "a NumPy .npy array" }
    if head.starts(with: [0x1f, 0x8b]) { return "gzip-compressed" }
    if head.starts(with: Array("MMIDIDX".utf8)) { return "a Megatron index without its .bin" }
    if head.starts(with: Array("PK".utf8)) { return "a zip archive" }
    if head.allSatisfy({ $0 >= 0x20 || $0 == 0x0a || $0 == 0x09 || $0 == 0x0d }) {
      return "text"
    }
    let hex = head.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    return "data beginning with \(hex.joined(separator: " ")), and no .idx or .json is beside it"
  }
}

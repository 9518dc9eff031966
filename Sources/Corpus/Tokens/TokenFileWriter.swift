import Foundation

/// Writes tokens in llm.c's format: uint16 where the vocabulary allows, otherwise 32-bit.
struct TokenFileWriter: ~Copyable {
  private let url: URL
  private let magic: TokenFile.LLMCMagic
  private let handle: FileHandle
  private var pending = Data()
  /// Tokens written.
  private(set) var count = 0

  /// Creates the file, or empties it.
  init(_ url: URL, vocabulary: Int) throws {
    self.url = url
    magic = vocabulary <= 1 << 16 ? .uint16 : .uint32
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CorpusError.unreadable(url, reason: "cannot create it")
    }
    handle = try FileHandle(forWritingTo: url)
    pending = Self.header(magic, count: 0)
  }

  /// Adds `tokens`, which must be below the vocabulary.
  mutating func append<Token: FixedWidthInteger>(_ tokens: ArraySlice<Token>) throws {
    count += tokens.count
    switch magic {
    case .uint16: write(tokens.map { UInt16(truncatingIfNeeded: $0).littleEndian })
    case .uint32: write(tokens.map { UInt32(truncatingIfNeeded: $0).littleEndian })
    }
    if pending.count >= 1 << 20 { try flush() }
  }

  private mutating func write<Token>(_ tokens: [Token]) {
    tokens.withUnsafeBytes { pending.append(contentsOf: $0) }
  }

  /// Completes the header and syncs the file to disk. Returns its record.
  consuming func finish() throws -> CorpusManifest.FileRecord {
    try flush()
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: Self.header(magic, count: count))
    try handle.synchronize()
    try handle.close()
    return try CorpusManifest.FileRecord(describing: url)
  }

  private mutating func flush() throws {
    try handle.write(contentsOf: pending)
    pending.removeAll(keepingCapacity: true)
  }

  private static func header(_ magic: TokenFile.LLMCMagic, count: Int) -> Data {
    var header = Data(count: TokenFile.llmcHeaderBytes)
    header.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: magic.rawValue.littleEndian, toByteOffset: 0, as: Int32.self)
      bytes.storeBytes(of: magic.version.littleEndian, toByteOffset: 4, as: Int32.self)
      bytes.storeBytes(of: Int32(count).littleEndian, toByteOffset: 8, as: Int32.self)
    }
    return header
  }
}

extension CorpusManifest.FileRecord {
  /// Reads the file at `url` once.
  init(describing url: URL) throws {
    let file = try MappedFile(url)
    self.init(file: url.lastPathComponent, sha256: file.sha256, bytes: file.size)
  }
}

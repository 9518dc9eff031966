import Foundation

extension TokenFile {
  /// `MMIDIDX`, two zeros, uint64 version 1, uint8 element type, uint64 sequences n, uint64 length
  /// m of the document index; then int32 lengths[n] in tokens, int64 pointers[n] in bytes, int64
  /// documentIndex[m] (first sequence of each document, the last being n), and optionally
  /// int8 modes[n].
  static func megatron(_ url: URL) throws -> TokenFile {
    let index = try MappedFile(url.deletingPathExtension().appendingPathExtension("idx"))
    let layout = try MegatronIndex(index)
    let file = try MappedFile(url)
    let expected = layout.tokens * layout.width.rawValue
    guard file.size == expected else {
      throw CorpusError.tokenFileTorn(
        url, format: "Megatron", expected: "\(expected) bytes for \(layout.tokens) tokens",
        found: "\(file.size) bytes")
    }
    let storage = TokenStream.Segment.Storage.file(file, offset: 0, width: layout.width)
    return TokenFile(
      file: file, format: .megatron, stream: TokenStream([(storage, layout.tokens)]),
      documentStarts: layout.documentStarts)
  }
}

/// A decoded Megatron `.idx` file.
struct MegatronIndex {
  let width: TokenStream.Width
  let tokens: Int
  let documentStarts: [Int]

  private static let magic = Array("MMIDIDX".utf8) + [0, 0]
  private static let headerBytes = 34
  private static let typeNames = [
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float64", 7: "float32",
    8: "uint16",
  ]

  init(_ file: MappedFile) throws {
    let size = file.size
    guard size >= Self.headerBytes, file.withBytes({ $0.starts(with: Self.magic) }) else {
      throw CorpusError.tokenFileForeign(file.url, found: "no Megatron index")
    }
    let version = file.integer(at: 9, as: UInt64.self)
    guard version == 1 else {
      throw CorpusError.tokenFileForeign(file.url, found: "a Megatron index of version \(version)")
    }
    let code = Int(file.integer(at: 17, as: UInt8.self))
    switch code {
    case 8: width = .uint16
    case 4: width = .int32
    default:
      throw CorpusError.tokenWidthUnsupported(
        file.url, found: Self.typeNames[code] ?? "element type \(code)")
    }
    // A torn header can claim any count, so the sizes are compared without multiplying it.
    guard let sequences = Int(exactly: file.integer(at: 18, as: UInt64.self)),
      let documents = Int(exactly: file.integer(at: 26, as: UInt64.self)),
      sequences <= size, documents <= size,
      [0, sequences].contains(size - Self.headerBytes - 12 * sequences - 8 * documents)
    else {
      throw CorpusError.tokenFileTorn(
        file.url, format: "Megatron index", expected: "the sizes in its header",
        found: "\(size) bytes")
    }
    let starts = try Self.sequenceStarts(file, sequences: sequences, width: width)
    tokens = starts[sequences]
    let index = Self.headerBytes + 12 * sequences
    documentStarts = try (0..<max(0, documents - 1)).map { position in
      let sequence = Int(file.integer(at: index + 8 * position, as: Int64.self))
      guard (0...sequences).contains(sequence) else {
        throw CorpusError.tokenFileTorn(
          file.url, format: "Megatron index", expected: "a document at sequence 0…\(sequences)",
          found: "sequence \(sequence)")
      }
      return starts[sequence]
    }
  }

  /// First token of each sequence, and the count of all. Sequences must lie one after the other,
  /// as Megatron's own writer leaves them.
  private static func sequenceStarts(
    _ file: MappedFile, sequences: Int, width: TokenStream.Width
  ) throws -> [Int] {
    var starts = [0]
    starts.reserveCapacity(sequences + 1)
    for sequence in 0..<sequences {
      let length = Int(file.integer(at: headerBytes + 4 * sequence, as: Int32.self))
      let pointer = Int(
        file.integer(at: headerBytes + 4 * sequences + 8 * sequence, as: Int64.self))
      guard length >= 0, pointer == starts[sequence] * width.rawValue else {
        throw CorpusError.tokenFileTorn(
          file.url, format: "Megatron index",
          expected: "sequence \(sequence) at byte \(starts[sequence] * width.rawValue)",
          found: "byte \(pointer), length \(length)")
      }
      starts.append(starts[sequence] + length)
    }
    return starts
  }
}

import Foundation

/// The header of a Safetensors file (github.com/huggingface/safetensors): eight bytes with the
/// header's length, little-endian, a JSON object of that length, then the tensors' numbers, one
/// tensor after the other with nothing between them. Here every number is a float32.
struct SafetensorsHeader: Equatable {
  /// A tensor by its place.
  struct Entry: Equatable {
    let name: String
    let shape: [Int]
    /// Its numbers, in bytes from the end of the header.
    let range: Range<Int>
  }

  /// Text by name, whatever the writer has to say.
  var metadata: [String: String]
  /// In the order of their numbers.
  private(set) var entries: [Entry]

  /// The longest header that the format allows, bytes.
  static let lengthLimit = 100_000_000
  private static let type = "F32"
  private static let width = MemoryLayout<Float>.size

  /// Places tensors one after the other.
  init(metadata: [String: String], tensors: [(name: String, shape: [Int])]) {
    self.metadata = metadata
    var start = 0
    entries = tensors.map { tensor in
      let size = tensor.shape.reduce(Self.width, *)
      defer { start += size }
      return Entry(name: tensor.name, shape: tensor.shape, range: start..<start + size)
    }
  }

  /// Bytes of all numbers.
  var dataSize: Int { entries.last?.range.upperBound ?? 0 }

  /// The length and the JSON, padded with spaces so that the numbers are aligned.
  func encoded() -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var json = try? encoder.encode(self) else {
      preconditionFailure("text and integers are always JSON")
    }
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -json.count & 7))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
  }

  /// Reads the header at the start of `bytes`, which are a whole file; returns its size with the
  /// eight bytes of its length. Throws `CheckpointError.torn` or `.malformed`.
  static func decode(_ bytes: Data) throws(CheckpointError) -> (header: Self, size: Int) {
    guard bytes.count >= 8 else { throw .torn(expected: 8, found: bytes.count) }
    let length = bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= lengthLimit else { throw .malformed("its header would have \(length) bytes") }
    let size = 8 + Int(length)
    guard bytes.count >= size else { throw .torn(expected: size, found: bytes.count) }
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(
        Self.self, from: bytes[bytes.startIndex + 8..<bytes.startIndex + size])
    } catch {
      throw .malformed("its header is no description of float32 tensors")
    }
    guard bytes.count - size == header.dataSize else {
      // A header may ask for more than there are numbers to count it.
      let (expected, overflows) = size.addingReportingOverflow(header.dataSize)
      throw .torn(expected: overflows ? .max : expected, found: bytes.count)
    }
    return (header, size)
  }
}

extension SafetensorsHeader: Codable {
  private struct Key: CodingKey {
    static let metadata = Key(stringValue: "__metadata__")
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Description: Codable {
    var type: String
    var shape: [Int]
    var offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }

    /// Bytes of its numbers; nil when it is no tensor that is read here.
    var size: Int? {
      guard type == SafetensorsHeader.type else { return nil }
      return shape.reduce(SafetensorsHeader.width) { product, extent in
        guard let product, extent >= 0 else { return nil }
        let (size, overflows) = product.multipliedReportingOverflow(by: extent)
        return overflows ? nil : size
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metadata, forKey: .metadata)
    for entry in entries {
      let offsets = [entry.range.lowerBound, entry.range.upperBound]
      try container.encode(
        Description(type: Self.type, shape: entry.shape, offsets: offsets),
        forKey: Key(stringValue: entry.name))
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    metadata = try container.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
    let tensors = try container.allKeys.filter { $0.stringValue != Key.metadata.stringValue }
      .map { (name: $0.stringValue, at: try container.decode(Description.self, forKey: $0)) }
      .sorted { $0.at.offsets.lexicographicallyPrecedes($1.at.offsets) }
    entries = []
    for tensor in tensors {
      guard let size = tensor.at.size, size <= .max - dataSize,
        tensor.at.offsets == [dataSize, dataSize + size]
      else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: [Key(stringValue: tensor.name)], debugDescription: "no float32 tensor"))
      }
      entries.append(
        Entry(name: tensor.name, shape: tensor.at.shape, range: dataSize..<dataSize + size))
    }
  }
}

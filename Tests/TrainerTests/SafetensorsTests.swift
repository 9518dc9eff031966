import Foundation
import Testing

@testable import Trainer

@Suite("Safetensors files")
struct SafetensorsTests {
  private static let header = SafetensorsHeader(
    metadata: ["note": "a/b"], tensors: [("gain", [2]), ("w", [2, 3])])

  /// Two tensors and a note, byte by byte as the format says.
  private static let golden =
    Data([144, 0, 0, 0, 0, 0, 0, 0])
    + Data(#"{"__metadata__":{"note":"a/b"},"#.utf8)
    + Data(#""gain":{"data_offsets":[0,8],"dtype":"F32","shape":[2]},"#.utf8)
    + Data(#""w":{"data_offsets":[8,32],"dtype":"F32","shape":[2,3]}} "#.utf8)
    + Data([0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63, 0, 0, 128, 127])
    + Data([0, 0, 0, 128, 1, 0, 0, 0, 218, 15, 73, 64, 255, 255, 127, 127])

  @Test("are written byte for byte as the format says")
  func golden() throws {
    let numbers: [Float] = [
      1, -2, 0.5, .infinity, -0.0, .leastNonzeroMagnitude, .pi, .greatestFiniteMagnitude,
    ]
    let folder = try Place()
    let url = folder.folder.appending(path: "tiny")
    try Self.header.encoded().withUnsafeBytes { header in
      try numbers.withUnsafeBytes { try DurableFile.write([header, $0], to: url) }
    }
    #expect(try Data(contentsOf: url) == Self.golden)
    #expect(try folder.contents == ["tiny"])
    let (header, size) = try SafetensorsHeader.decode(Self.golden)
    #expect(header == Self.header && size == 152 && header.dataSize == 32)
    #expect(header.entries.map(\.range) == [0..<8, 8..<32])
  }

  @Test("of every length short of the whole are torn")
  func torn() {
    for count in Self.golden.indices {
      #expect {
        try SafetensorsHeader.decode(Self.golden.prefix(count))
      } throws: { error in
        if case .torn(let expected, count)? = error as? CheckpointError {
          expected == (count < 8 ? 8 : count < 152 ? 152 : 184)
        } else {
          false
        }
      }
    }
  }

  @Test(
    "that describe anything but float32 numbers without gaps are refused",
    arguments: [
      "[]", "{\"w\":1}", #"{"w":{"data_offsets":[0,4],"dtype":"F64","shape":[1]}}"#,
      #"{"w":{"data_offsets":[4,8],"dtype":"F32","shape":[1]}}"#,
      #"{"w":{"data_offsets":[0,8],"dtype":"F32","shape":[1]}}"#,
      #"{"w":{"data_offsets":[0,4],"dtype":"F32","shape":[-1,-1]}}"#,
      #"{"w":{"data_offsets":[0],"dtype":"F32","shape":[]}}"#,
      #"{"w":{"data_offsets":[0,0],"dtype":"F32","shape":[9223372036854775807,4]}}"#,
      #"{"a":{"data_offsets":[0,4],"dtype":"F32","shape":[1]},"#
        + #""b":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#,
    ])
  func malformed(json: String) {
    let bytes =
      withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Data($0) } + Data(json.utf8)
      + Data(count: 8)
    #expect(throws: CheckpointError.malformed("its header is no description of float32 tensors")) {
      try SafetensorsHeader.decode(bytes)
    }
  }

  @Test("cannot ask for more bytes than can be counted")
  func uncountable() {
    let json =
      #"{"w":{"data_offsets":[0,9223372036854775804],"dtype":"F32","#
      + #""shape":[2305843009213693951]}}"#
    let bytes =
      withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Data($0) } + Data(json.utf8)
    #expect(throws: CheckpointError.torn(expected: .max, found: bytes.count)) {
      try SafetensorsHeader.decode(bytes)
    }
  }

  @Test("cannot have a header that fills the memory")
  func absurd() {
    #expect(throws: CheckpointError.malformed("its header would have 100000001 bytes")) {
      try SafetensorsHeader.decode(Data([1, 225, 245, 5, 0, 0, 0, 0]))
    }
  }
}

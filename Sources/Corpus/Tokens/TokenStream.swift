/// A sequence of tokens in memory or in mapped files, one after the other. Safe to share between
/// threads.
public struct TokenStream: Sendable {
  /// How a token lies in a file, little-endian.
  public enum Width: Int, Sendable {
    case uint16 = 2
    /// Signed or unsigned: no vocabulary reaches 2³¹, so the bits are the same.
    case int32 = 4
  }

  /// A run of tokens in one place.
  struct Segment: Sendable {
    enum Storage: Sendable {
      case array([UInt16])
      /// `offset`: of the first token, in bytes; need not be aligned.
      case file(MappedFile, offset: Int, width: Width)
    }

    let storage: Storage
    /// Position of the first token in the stream.
    let start: Int
    let count: Int
  }

  private let segments: [Segment]
  /// Tokens in all segments.
  public let count: Int

  var isEmpty: Bool { count == 0 }

  init(_ parts: [(storage: Segment.Storage, count: Int)]) {
    var start = 0
    var segments: [Segment] = []
    for part in parts where part.count > 0 {
      segments.append(Segment(storage: part.storage, start: start, count: part.count))
      start += part.count
    }
    self.segments = segments
    count = start
  }

  /// Tokens in memory.
  public init(_ tokens: [UInt16]) { self.init([(.array(tokens), tokens.count)]) }

  /// The streams one after the other.
  public init(joining streams: [TokenStream]) {
    self.init(streams.flatMap { $0.segments.map { ($0.storage, $0.count) } })
  }

  /// Copies the tokens `start ..< start + output.count`, which must lie in the stream.
  public func copy(from start: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(start >= 0 && start + output.count <= count, "tokens outside the stream")
    var done = 0
    while done < output.count {
      let segment = segments[segmentIndex(holding: start + done)]
      let first = start + done - segment.start
      let length = min(segment.count - first, output.count - done)
      segment.copy(
        from: first, into: UnsafeMutableBufferPointer(rebasing: output[done..<done + length]))
      done += length
    }
  }

  /// The tokens `range`, as an array.
  public func tokens(_ range: Range<Int>) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      copy(
        from: range.lowerBound, into: UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
      initialized = range.count
    }
  }

  private func segmentIndex(holding position: Int) -> Int {
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].start <= position { low = middle } else { high = middle }
    }
    return low
  }
}

extension TokenStream.Segment {
  fileprivate func copy(from first: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    switch storage {
    case .array(let tokens):
      for index in output.indices { output[index] = Int32(tokens[first + index]) }
    case .file(let file, let offset, let width):
      file.withBytes { bytes in
        switch width {
        case .uint16:
          let base = offset + 2 * first
          for index in output.indices {
            let token = bytes.loadUnaligned(fromByteOffset: base + 2 * index, as: UInt16.self)
            output[index] = Int32(UInt16(littleEndian: token))
          }
        case .int32:
          let base = offset + 4 * first
          for index in output.indices {
            let token = bytes.loadUnaligned(fromByteOffset: base + 4 * index, as: Int32.self)
            output[index] = Int32(littleEndian: token)
          }
        }
      }
    }
  }
}

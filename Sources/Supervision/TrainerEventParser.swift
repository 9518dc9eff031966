public import Foundation
public import Wire

/// A trainer's standard output, read as it arrives: bytes in, events out. Pure.
public struct TrainerEventParser: Sendable {
  /// What one piece of output held.
  public struct Parsed: Hashable, Sendable {
    /// The events whose lines ended in this piece, in order, up to the violation.
    public var events: [TrainerEvent]
    /// Why nothing after these events is read.
    public var violation: ProtocolViolation?
  }

  /// The longest line that is read, bytes.
  public let lineLimit: Int
  private var partial = Data()
  private var violated = false

  /// A parser that refuses lines of more than `lineLimit` bytes.
  public init(lineLimit: Int = 64 * 1024) {
    self.lineLimit = lineLimit
  }

  /// Reads the next piece of output. After a violation all further output is ignored.
  public mutating func feed(_ piece: Data) -> Parsed {
    var parsed = Parsed(events: [])
    var rest = piece[...]
    while !violated, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      take(line: partial + rest[..<end], into: &parsed)
      partial = Data()
      rest = rest[(end + 1)...]
    }
    guard !violated else { return parsed }
    partial += rest
    if partial.count > lineLimit { refuse(.oversized(limit: lineLimit), in: &parsed) }
    return parsed
  }

  /// Reads what came after the last line's end. A torn line is what a killed trainer leaves, no
  /// violation.
  public mutating func finish() -> Parsed {
    guard !violated, let event = try? Self.decode(partial) else { return Parsed(events: []) }
    partial = Data()
    return Parsed(events: [event])
  }

  private mutating func take(line: Data, into parsed: inout Parsed) {
    guard line.count <= lineLimit else {
      return refuse(.oversized(limit: lineLimit), in: &parsed)
    }
    do {
      parsed.events.append(try Self.decode(line))
    } catch {
      let quoted = String(decoding: line.prefix(200), as: UTF8.self)
      let reason = (error as? DecodingError)?.summary(of: "the line") ?? "\(error)"
      refuse(.foreign(line: quoted, reason: reason), in: &parsed)
    }
  }

  private mutating func refuse(_ violation: ProtocolViolation, in parsed: inout Parsed) {
    violated = true
    partial = Data()
    parsed.violation = violation
  }

  private static func decode(_ line: Data) throws -> TrainerEvent {
    try JSONDecoder().decode(TrainerEvent.self, from: line)
  }
}

/// Output that is no trainer event.
public enum ProtocolViolation: Error, Hashable, Sendable {
  /// A line that is not a JSON object with a known `event` and its fields; its first 200 bytes, and
  /// what is wrong with it.
  case foreign(line: String, reason: String)
  /// A line longer than the limit in bytes.
  case oversized(limit: Int)
}

extension ProtocolViolation: CustomStringConvertible {
  /// What was printed, and where it belongs.
  public var description: String {
    switch self {
    case .foreign(let line, let reason):
      """
      standard output has a line that is no trainer event, \(reason): \(line)
      hint: print one JSON event a line to standard output, and everything else to standard error
      """
    case .oversized(let limit):
      """
      standard output has a line of more than \(limit) bytes
      hint: print one JSON event a line to standard output, and everything else to standard error
      """
    }
  }
}

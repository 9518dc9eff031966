public import Foundation
public import Logging

/// Writes each entry as one JSON object on a line of its own: `time` (RFC 3339, UTC), `level`,
/// `label`, `message` and, where there is any, `metadata`.
public struct JSONLogHandler: LogHandler {
  private let label: String
  private let now: @Sendable () -> Date
  private let write: @Sendable (Data) -> Void
  public var logLevel: Logger.Level = .info
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?

  /// By default to standard error, a line a system call, so that lines of threads do not mix.
  public init(
    label: String, now: @escaping @Sendable () -> Date = { Date() },
    write: @escaping @Sendable (Data) -> Void = { line in
      line.withUnsafeBytes { _ = Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  ) {
    self.label = label
    self.now = now
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var entry = Entry(
      time: now().formatted(Self.time), level: event.level.rawValue, label: label,
      message: event.message.description)
    var facts = metadata
    if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
    if let own = event.metadata { facts.merge(own) { $1 } }
    if let error = event.error { facts["error"] = "\(error)" }
    if !facts.isEmpty { entry.metadata = facts.mapValues(Fact.init) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    guard let line = try? encoder.encode(entry) else { return }
    write(line + Data("\n".utf8))
  }

  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private struct Entry: Encodable {
    var time: String
    var level: String
    var label: String
    var message: String
    var metadata: [String: Fact]?
  }

  /// A value of the metadata: text, a list or an object.
  private struct Fact: Encodable {
    let value: Logger.Metadata.Value

    init(_ value: Logger.Metadata.Value) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch value {
      case .string(let text): try container.encode(text)
      case .stringConvertible(let value): try container.encode(value.description)
      case .array(let values): try container.encode(values.map(Fact.init))
      case .dictionary(let values): try container.encode(values.mapValues(Fact.init))
      }
    }
  }
}

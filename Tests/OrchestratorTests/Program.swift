import Foundation
import Synchronization

/// One of the two programs, or another by its full path, as a real process, whose words a test waits
/// for.
final class Program: Sendable {
  private let process: Mutex<Process>
  private let lines: Mutex<AsyncStream<String>.Iterator>
  private let output: AsyncStream<String>
  private let ended: AsyncStream<Int32>

  /// The folder with the built programs, which is where this test's own bundle is.
  static var folder: URL {
    Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }?
      .deletingLastPathComponent() ?? Bundle.main.bundleURL
  }

  /// Starts it, with `environment` beside this process's own; what it says on standard error is also
  /// written to `log`.
  init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], log: URL? = nil
  ) throws {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let log { try Data().write(to: log) }
    let copy = try log.map { try FileHandle(forWritingTo: $0) }
    process.executableURL =
      name.hasPrefix("/") ? URL(filePath: name) : Self.folder.appending(path: name)
    process.arguments = arguments
    let (errors, results) = (Pipe(), Pipe())
    process.standardError = errors
    process.standardOutput = results
    process.standardInput = FileHandle.nullDevice
    let (ended, end) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      end.yield($0.terminationStatus)
      end.finish()
    }
    try process.run()
    self.process = Mutex(process)
    self.ended = ended
    lines = Mutex(Self.lines(of: errors.fileHandleForReading, copy: copy).makeAsyncIterator())
    output = Self.lines(of: results.fileHandleForReading)
  }

  /// Waits for a line on standard error that contains `text`, and returns it; nil at the end.
  func line(containing text: String) async -> String? {
    var iterator = lines.withLock { $0 }
    while let line = await iterator.next() {
      if line.contains(text) { return line }
    }
    return nil
  }

  /// What is still to come on standard error.
  func errors() async -> String {
    var iterator = lines.withLock { $0 }
    var text = ""
    while let line = await iterator.next() { text += line + "\n" }
    return text
  }

  /// Waits for the end; exit code and standard output.
  func result() async -> (code: Int32, output: String) {
    var code: Int32 = -1
    for await status in ended { code = status }
    var text = ""
    for await line in output { text += line + "\n" }
    return (code, text)
  }

  var id: pid_t { process.withLock { $0.processIdentifier } }

  func signal(_ number: Int32) { kill(id, number) }

  /// A thread of its own reads: a pipe that stays silent must not hold one of Swift's shared threads.
  private static func lines(
    of handle: FileHandle, copy: FileHandle? = nil
  ) -> AsyncStream<String> {
    AsyncStream { continuation in
      Thread {
        var rest = ""
        while case let data = handle.availableData, !data.isEmpty {
          copy?.write(data)
          rest += String(decoding: data, as: UTF8.self)
          var parts = rest.split(separator: "\n", omittingEmptySubsequences: false)
          rest = String(parts.removeLast())
          for part in parts { continuation.yield(String(part)) }
        }
        continuation.finish()
      }.start()
    }
  }
}

import Foundation

/// A child process whose words go to a file.
final class Program {
  private let process = Process()

  /// Starts it in `folder`; what it says is appended to `log`.
  init(_ executable: URL, _ arguments: [String], in folder: URL, log: URL) throws {
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let words = try FileHandle(forWritingTo: log)
    try words.seekToEnd()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = words
    process.standardError = words
    try process.run()
    try words.close()
  }

  var id: pid_t { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// Waits for its end; the exit code, or the signal's number.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}

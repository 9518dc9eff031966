import Experiment
import Foundation
import Wire

/// The program `worker train` at work in a folder of its own. What it prints goes through a socket
/// with as little room as the system allows, so that it cannot run far ahead of its reader.
final class TrainerProgram {
  private let process = Process()
  private let output: FileHandle
  private var unread = Data()

  /// How it ended.
  enum End: Equatable {
    case code(Int32)
    case signal(Int32)
  }

  init(
    in folder: URL, environment: [String: String], _ options: [String] = []
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
    var least: Int32 = 1
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &least, socklen_t(MemoryLayout<Int32>.size))
    output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    process.executableURL = URL(filePath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "worker")
    process.arguments = ["train"] + options
    process.currentDirectoryURL = folder
    process.environment = environment
    let input = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process.standardOutput = input
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    // The program's is the only one left: its end is the end of the output.
    try input.close()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// What it says next; nil at the end of its output.
  func event() throws -> TrainerEvent? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return try JSONDecoder().decode(TrainerEvent.self, from: unread[..<end])
      }
      let piece = output.availableData
      if piece.isEmpty { return nil }
      unread += piece
    }
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until it has ended.
  func end() -> End {
    process.waitUntilExit()
    let status = process.terminationStatus
    return process.terminationReason == .exit ? .code(status) : .signal(status)
  }
}

/// Does blocking work on a thread of its own.
func onOwnThread<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
  }
}

import Foundation

/// A mount that one process sees, and those that it starts: a real disk that is small or read-only.
struct PrivateMount {
  /// What to mount at the path `$0`, as a shell says it.
  private let command: String
  private let path: URL

  /// A disk of that many bytes, in memory.
  static func disk(at path: URL, bytes: Int) -> PrivateMount {
    PrivateMount(command: "mount -t tmpfs -o size=\(bytes) none \"$0\"", path: path)
  }

  /// A folder as it is, to read.
  static func readOnly(_ path: URL) -> PrivateMount {
    PrivateMount(
      command: "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"", path: path)
  }

  /// Starts a program that sees it; the process is the program's own.
  func start(_ name: String, _ arguments: [String]) throws -> Program {
    let program = Program.folder.appending(path: name).path
    return try Program(
      Self.unshare,
      Self.flags + ["sh", "-c", "\(command) && exec \"$@\"", path.path, program] + arguments)
  }

  /// The path as the process has it, from outside.
  func url(in program: Program) -> URL { URL(filePath: "/proc/\(program.id)/root\(path.path)") }

  private static let unshare = "/usr/bin/unshare"
  private static let flags = getuid() == 0 ? ["--mount"] : ["--map-root-user", "--mount"]

  /// Whether this user may mount at all; in many containers nobody may.
  static let isAllowed: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: unshare)
    process.arguments = flags + ["mount", "-t", "tmpfs", "none", "/mnt"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}

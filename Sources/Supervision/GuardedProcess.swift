import CSpawn
import Foundation
import Glibc

/// A trainer's process group and the pipes to it. Owned by the one thread that watches it.
struct GuardedProcess: ~Copyable {
  private let child: cspawn_child

  /// Starts the trainer under its guard. That its program cannot be executed shows in `exit`. What it
  /// leaves behind ends with it; when it is `observed`, with this value, and it cannot print far ahead
  /// of its reader.
  init(_ launch: TrainerLaunch, observed: Bool = false) throws(StartError) {
    guard let program = launch.program else { throw .noProgram(launch.command.first ?? "") }
    let log = open(launch.log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard log >= 0 else { throw .log(launch.log.path, errno: errno) }
    defer { close(log) }
    var child = cspawn_child()
    let error = Self.withStrings(launch.command) { arguments in
      Self.withStrings(launch.environment.map { "\($0)=\($1)" }.sorted()) { environment in
        cspawn_start(program, arguments, environment, launch.directory.path, log,
          observed ? 1 : 0, &child)
      }
    }
    guard error == 0 else { throw .spawn(program, errno: error) }
    self.child = child
  }

  deinit {
    // Nothing of the group outlives this value, whatever happened before.
    kill(-child.group, SIGKILL)
    for descriptor in [child.output, child.status, child.lifeline] { close(descriptor) }
    while waitpid(child.group, nil, 0) < 0 && errno == EINTR {}
  }

  /// The descriptors to wait for: standard output, and the guard's word about the exit.
  var output: Int32 { child.output }
  var status: Int32 { child.status }

  /// The process group of the trainer and all that it starts; the guard has its number.
  var group: Int32 { child.group }

  func signal(_ number: Int32) { kill(-child.group, number) }

  /// How the trainer ended; blocks until `status` is readable.
  func exit(of program: String) -> Trial.Exit {
    var status = cspawn_status()
    let size = MemoryLayout.size(ofValue: status)
    var count = read(child.status, &status, size)
    while count < 0 && errno == EINTR { count = read(child.status, &status, size) }
    // The guard said nothing: it was killed, and its trainer with it.
    guard count == size else { return .signal(SIGKILL) }
    return switch cspawn_kind(rawValue: UInt32(status.kind)) {
    case CSPAWN_EXITED: .code(status.value)
    case CSPAWN_SIGNALLED: .signal(status.value)
    default: .notStarted(reason: StartError.spawn(program, errno: status.value).description)
    }
  }

  /// The next piece of standard output; nil at its end, or when nothing is there to read.
  func piece(upTo size: Int = 64 * 1024) -> Data? {
    var data = Data(count: size)
    var count = -1
    repeat {
      count = data.withUnsafeMutableBytes { read(child.output, $0.baseAddress, size) }
    } while count < 0 && errno == EINTR
    return count > 0 ? data.prefix(count) : nil
  }

  /// From now on `piece` does not wait.
  func stopWaiting() {
    _ = fcntl(child.output, F_SETFL, O_NONBLOCK)
  }

  /// Calls `body` with a null-terminated array of C strings.
  private static func withStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}

/// Why a trainer could not be started.
enum StartError: Error {
  case noProgram(String)
  case log(String, errno: Int32)
  case spawn(String, errno: Int32)
}

extension StartError: CustomStringConvertible {
  var description: String {
    switch self {
    case .noProgram(let name):
      """
      cannot start the trainer: no program `\(name)` on PATH
      hint: name it by its full path
      """
    case .log(let path, let errno):
      "cannot start the trainer: its log \(path) cannot be written: \(Self.text(errno))"
    case .spawn(let program, let errno):
      """
      cannot start the trainer: \(program): \(Self.text(errno))
      hint: it has to be executable on this machine, and a script needs its #! line
      """
    }
  }

  private static func text(_ errno: Int32) -> String { String(cString: strerror(errno)) }
}

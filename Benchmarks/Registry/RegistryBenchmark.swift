import Foundation

/// The registry and its daemon at the scale of a real cluster, beside what the disk and SQLite alone
/// can do in the same minute.
@main
enum RegistryBenchmark {
  private static let usage = """
    usage: registry-benchmark --daemon ORCHESTRATOR [--peer PYTHON] [--folder FOLDER] [--quick]
             [--only NAME]

    NAME is limits, http, heartbeats, submission, points, size, restart or peer.

    """

  static func main() async throws {
    guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
      FileHandle.standardError.write(Data(usage.utf8))
      exit(64)
    }
    let place = options.folder.appending(path: "registry-benchmark-\(getpid())")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let table = FigureTable()
    let limits = try DiskLimits.measure(in: place, quick: options.quick)
    table.add(limits.rows)
    if options.runs("http") {
      table.add(try await OutcomeBenchmark(options, place, limits).rows())
    }
    if options.runs("heartbeats") {
      table.add(try await HeartbeatBenchmark(options, place).rows())
    }
    if options.runs("submission") {
      table.add(try await SubmissionBenchmark(options, place, limits).rows())
    }
    if options.runs("points") {
      table.add(try await PointsBenchmark(options, place).rows())
    }
    if options.runs("size") { table.add(try await SizeBenchmark(options, place).rows()) }
    if options.runs("restart") { table.add(try await RestartBenchmark(options, place).rows()) }
    if options.runs("peer"), let python = options.peer {
      table.add(try PeerBenchmark(python: python, place: place, quick: options.quick).rows())
    }
    table.finish()
  }
}

/// The command's arguments.
struct Options: Sendable {
  /// The program `orchestrator`.
  var daemon: URL
  /// A Python that has Optuna.
  var peer: String?
  /// The folder whose disk is measured.
  var folder = FileManager.default.temporaryDirectory
  var quick = false
  var only: String?

  /// Nil for an argument that is not known.
  init?(_ arguments: [String]) {
    var daemon: URL?
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--quick" {
        quick = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--daemon": daemon = URL(filePath: value)
      case "--peer": peer = value
      case "--folder": folder = URL(filePath: value)
      case "--only": only = value
      default: return nil
      }
    }
    guard let daemon else { return nil }
    self.daemon = daemon
  }

  func runs(_ name: String) -> Bool { only == nil || only == name }
}

public import ArgumentParser
import Client
import Foundation
import Glibc
import Logging
public import Logs
import Wire

/// `worker serve`, the default: leases and trains runs.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Leases runs from a daemon and trains them, until it is asked to leave.",
    discussion: """
      SIGTERM or SIGINT: trainers are asked to write a checkpoint and leave, their runs are given
      back, and the worker exits. A second signal ends everything at once.

      Exit codes:
        0   asked to leave, and left
        1   the daemon refused this worker, or a folder cannot be made
        64  the command line is wrong
        130 ended at once by a second signal
      """)

  @Option(
    help: """
      The daemon: http://HOST:PORT, https://HOST:PORT or unix:/PATH; $ORCHESTRATOR_URL, else \
      http://127.0.0.1:7717.
      """)
  var connect: String?

  @OptionGroup var offered: OfferOptions

  @Option(
    help: "The data folder, with the prepared corpora; $ORCHESTRATOR_DATA, else ./data.",
    completion: .directory)
  var data: String?

  /// Who sees the folder for run directories.
  enum RunsFolder: String, ExpressibleByArgument, CaseIterable {
    case shared, local
  }

  @Option(help: "The folder for run directories; runs in the data folder.", completion: .directory)
  var runs: String?

  @Option(
    help: """
      Whether workers on other nodes see the folder for run directories: shared or local. It decides \
      where a run may be resumed.
      """)
  var runsFolder = RunsFolder.local

  @Option(help: "What people call this worker; the host's name by default.")
  var name: String?

  @Option(
    name: .customLong("trainer"),
    help: """
      Another trainer, as NAME=COMMAND with its words separated by spaces; repeatable. It starts in \
      its run directory: name files by their full paths.
      """)
  var trainers: [String] = []

  @OptionGroup var checkpoints: CheckpointOptions

  @Option(help: "Seconds that a trainer gets to write a checkpoint and leave.")
  var grace = 5.0

  @Option(
    help: """
      Seconds that a trainer goes on without a word from the daemon; then it writes a checkpoint and \
      ends, and its run is given back once the daemon is there again.
      """)
  var orphanLimit = 3600.0

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Leave as on SIGTERM when standard input ends, as when the parent process does.")
  var untilStdinCloses = false

  @Flag(help: "Log each run's start and end.")
  var verbose = false

  @Option(help: "How to write the log: text, or json, an object a line.")
  var logFormat: LogFormat = .text

  func validate() throws {
    guard grace.isFinite, grace >= 0 else {
      throw ValidationError("--grace \(grace): write seconds, 0 or more")
    }
    guard orphanLimit.isFinite, orphanLimit >= 0 else {
      throw ValidationError("--orphan-limit \(orphanLimit): write seconds, 0 or more")
    }
  }

  func run() async throws {
    let service = try service()
    let signals = Signals.arrivals(of: [SIGTERM, SIGINT], orEndOfInput: untilStdinCloses)
    let work = Task { try await service.run() }
    let watch = Task {
      var arrivals = signals.makeAsyncIterator()
      _ = await arrivals.next()
      service.link.log.notice("asked to leave; a second signal ends everything at once")
      work.cancel()
      // The trainers' guards end them when this process is gone.
      if await arrivals.next() != nil { _exit(130) }
    }
    defer { watch.cancel() }
    try await work.value
  }

  private func service() throws -> WorkerService {
    let log = logFormat.logger("worker", level: verbose ? .info : .notice)
    let environment = ProcessInfo.processInfo.environment
    let client = DaemonClient(
      try connection.configuration(try address(environment), environment: environment))
    return WorkerService(
      settings: try settings(environment),
      link: DaemonLink(client: client, retry: Retry(), log: log))
  }

  private func address(_ environment: [String: String]) throws -> DaemonAddress {
    do {
      return try DaemonAddress(
        connect ?? environment["ORCHESTRATOR_URL"] ?? "http://127.0.0.1:7717")
    } catch {
      throw ValidationError("--connect: \(error)")
    }
  }

  private func settings(_ environment: [String: String]) throws -> WorkerSettings {
    let host = ProcessInfo.processInfo.hostName
    let data = URL(filePath: data ?? environment["ORCHESTRATOR_DATA"] ?? "data").standardizedFileURL
    let runs = runs.map { URL(filePath: $0).standardizedFileURL } ?? data.appending(path: "runs")
    do {
      try FileManager.default.createDirectory(at: runs, withIntermediateDirectories: true)
    } catch {
      throw UnusableFolder(path: runs.path, reason: error.localizedDescription)
    }
    let catalogue: TrainerCatalogue
    do {
      catalogue = try TrainerCatalogue(
        native: [try Self.program(), "train"] + checkpoints.words, options: trainers)
    } catch let error as CatalogueError {
      throw ValidationError("--trainer: \(error)")
    }
    let folder = try RunFolder(at: runs, isShared: runsFolder == .shared, host: host)
    let devices = offered.devices()
    var offer = offered.offer(devices: devices, environment: environment, now: Date())
    offer.trainers = catalogue.names
    return WorkerSettings(
      id: "\(name ?? host)-\(UUID().uuidString.prefix(8).lowercased())", host: host,
      slots: offered.slots, offer: offer,
      gpus: GPUPool(devices, visible: environment["CUDA_VISIBLE_DEVICES"]), data: data, runs: runs,
      trainers: catalogue,
      environment: Self.trainerEnvironment(environment), grace: .seconds(grace), folder: folder,
      orphanLimit: .seconds(orphanLimit))
  }

  /// This program's own file, which is also the native trainer.
  private static func program() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// Trainers do not speak to the daemon, so they get no secret of this program's.
  private static func trainerEnvironment(_ own: [String: String]) -> [String: String] {
    var environment = own
    for name in ConnectionOptions.secretVariables { environment[name] = nil }
    return environment
  }
}

extension LogFormat: ExpressibleByArgument {}

import Foundation
import Registry
import ServiceLifecycle
import Wire

/// One file's grids from text to losses on this machine: a daemon in this process, a worker beside it.
struct LocalRun {
  /// What the loop that follows a grid wakes up for.
  private enum Happening {
    case tick
    case workerEnded(code: Int32)
    case interrupted
  }

  var daemon: Daemon
  var slots: Int
  /// Trainers beside the native one, `NAME=COMMAND` each.
  var trainers: [String] = []
  var screen: Screen

  /// How the grids stand.
  struct Standing {
    /// Runs of every grid that has them, each once.
    var rows: [RunRow]
    /// Grids that still wait for laws and may yet get them.
    var waiting: [StudyStatus]
    /// Grids whose laws could not be fitted, or that could not be expanded with them.
    var stuck: [StudyStatus]
  }

  /// Trains what is left of the grids that `reply` is about, those that wait for laws included.
  ///
  /// - Throws: `CancellationError` when a person interrupts it; what was begun goes on next time.
  func train(_ reply: SubmissionReply) async throws -> Standing {
    try await daemon.refit.settleStages()
    var progress = GridProgress(slots: slots)
    let standing = try await standing(reply, &progress)
    _ = progress.update(standing.rows)
    guard !progress.isComplete || !standing.waiting.isEmpty else { return standing }
    return try await train(reply, &progress)
  }

  private func standing(
    _ reply: SubmissionReply, _ progress: inout GridProgress
  ) async throws -> Standing {
    let ids = Set(reply.grids.compactMap(\.gridID))
    // The state of the grids is read first: one that is open by then has its runs in what follows.
    let grids = try await daemon.desk.registry.status().studies.filter { ids.contains($0.gridID) }
    var rows: [RunRow] = []
    var seen: Set<Int64> = []
    for grid in reply.grids {
      guard let id = grid.gridID else { continue }
      var filter = RunFilter()
      filter.gridID = id
      filter.limit = Int(Int32.max)
      let own = try await daemon.desk.registry.runs(filter)
      progress.expect(own, seconds: grid.runs.map(\.seconds))
      rows += own.filter { seen.insert($0.id).inserted }
    }
    return Standing(
      rows: rows, waiting: grids.filter { !$0.waits.isEmpty && $0.problem == nil },
      stuck: grids.filter { $0.problem != nil })
  }

  private func train(
    _ reply: SubmissionReply, _ progress: inout GridProgress
  ) async throws -> Standing {
    let (happenings, tell) = AsyncStream.makeStream(of: Happening.self)
    let interrupts = Interrupts { tell.yield(.interrupted) }
    let ticks = Task {
      while !Task.isCancelled {
        tell.yield(.tick)
        try await Task.sleep(for: .milliseconds(250))
      }
    }
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let services = daemon.services(host: "127.0.0.1", port: 0) { listening.yield($0) }
    let server = Task {
      defer { listening.finish() }
      try await services.run()
    }
    defer { ticks.cancel() }
    guard let port = await ports.first(where: { _ in true }) else {
      // The server ended before it listened, which it only does with an error of its own.
      try await server.value
      throw CancellationError()
    }
    let data = daemon.desk.settings.data
    let worker = try LocalWorker(
      daemon: "http://127.0.0.1:\(port)", slots: slots, trainers: trainers, data: data,
      log: workerLog
    ) { tell.yield(.workerEnded(code: $0)) }
    let result = await Result { try await follow(reply, happenings, &progress) }
    screen.clearProgress()
    await worker.leave()
    withExtendedLifetime(interrupts) {}
    await services.triggerGracefulShutdown()
    try await server.value
    return try result.get()
  }

  /// Says how each run ends, until all have and no grid waits.
  private func follow(
    _ reply: SubmissionReply, _ happenings: AsyncStream<Happening>, _ progress: inout GridProgress
  ) async throws -> Standing {
    var idle = 0
    for await happening in happenings {
      switch happening {
      case .interrupted: throw CancellationError()
      case .workerEnded(let code):
        throw CommandFailure(
          code: .refused,
          message: "the worker ended with code \(code); its words are in \(workerLog.path)")
      case .tick:
        let standing = try await standing(reply, &progress)
        for run in progress.update(standing.rows) { screen.note(run.ending) }
        screen.progress(progress.line)
        if progress.isComplete, standing.waiting.isEmpty { return standing }
        idle = standing.rows.contains { $0.state == .leased } ? 0 : idle + 1
        if idle == Self.patience { try await explain(standing.rows) }
      }
    }
    throw CancellationError()
  }

  /// Ticks without a run after which a person is told why.
  private static let patience = 40

  /// Says why the first run that waits is not running.
  private func explain(_ rows: [RunRow]) async throws {
    guard let waiting = rows.first(where: { $0.state == .queued }) else { return }
    let explanation = try await daemon.desk.explanation(run: waiting.id)
    if !explanation.reasons.isEmpty { screen.note(explanation.rendered) }
  }

  private var workerLog: URL { daemon.desk.settings.data.appending(path: "worker.log") }
}

extension Result where Failure == any Error {
  /// What `body` returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

extension RunRow {
  /// How the run ended, in one line.
  fileprivate var ending: String {
    let what =
      "run \(id): \(family ?? "") C=\(budget.map(Quantity.scientific) ?? "?") \(point ?? "") "
      + "seed \(seed ?? 0)"
    guard state == .finished else { return "\(what) \(state.rawValue): \(message ?? "")" }
    let loss = validationLoss ?? self.loss ?? .nan
    let bits = bitsPerByte.map { ", \(Quantity.decimal($0, places: 3)) bits/byte" } ?? ""
    let time = seconds.map { " in \(Quantity.duration($0))" } ?? ""
    return "\(what): loss \(Quantity.decimal(loss, places: 4))\(bits)\(time)"
  }
}

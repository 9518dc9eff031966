import Foundation
import Registry
import ServiceLifecycle
import Wire

/// One grid from file to losses on this machine: a daemon in this process, a worker beside it.
struct LocalRun {
  /// What the loop that follows a grid wakes up for.
  private enum Happening {
    case tick
    case workerEnded(code: Int32)
    case interrupted
  }

  var daemon: Daemon
  var slots: Int
  var screen: Screen

  /// Trains what is left of the grid that `reply` is about; returns its runs that did not finish.
  ///
  /// - Throws: `CancellationError` when a person interrupts it; what was begun goes on next time.
  func train(_ reply: SubmissionReply) async throws -> [RunRow] {
    guard let grid = reply.gridID else { return [] }
    let rows = try await rows(of: grid)
    let expected = zip(rows.map(\.id), reply.runs.map(\.seconds))
    var progress = GridProgress(
      expected: Dictionary(expected, uniquingKeysWith: { first, _ in first }), slots: slots)
    _ = progress.update(rows)
    if !progress.isComplete { try await train(grid, &progress) }
    return progress.unfinished
  }

  private func rows(of grid: Int64) async throws -> [RunRow] {
    var filter = RunFilter()
    filter.gridID = grid
    filter.limit = Int(Int32.max)
    return try await daemon.desk.registry.runs(filter)
  }

  private func train(_ grid: Int64, _ progress: inout GridProgress) async throws {
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
    guard let port = await ports.first(where: { _ in true }) else { return try await server.value }
    let data = daemon.desk.settings.data
    let worker = try LocalWorker(
      daemon: "http://127.0.0.1:\(port)", slots: slots, data: data, log: workerLog
    ) { tell.yield(.workerEnded(code: $0)) }
    let result = await Result { try await follow(grid, happenings, &progress) }
    screen.clearProgress()
    await worker.leave()
    withExtendedLifetime(interrupts) {}
    await services.triggerGracefulShutdown()
    try await server.value
    try result.get()
  }

  /// Says how each run ends, until all have.
  private func follow(
    _ grid: Int64, _ happenings: AsyncStream<Happening>, _ progress: inout GridProgress
  ) async throws {
    for await happening in happenings {
      switch happening {
      case .interrupted: throw CancellationError()
      case .workerEnded(let code):
        throw CommandFailure(
          code: .refused,
          message: "the worker ended with code \(code); its words are in \(workerLog.path)")
      case .tick:
        for run in progress.update(try await rows(of: grid)) { screen.note(run.ending) }
        screen.progress(progress.line)
        if progress.isComplete { return }
      }
    }
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

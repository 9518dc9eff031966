import Testing
import Wire

@testable import Registry

/// One thing that happens. What it says is all that decides what it does, so that any part of a history
/// is a history.
enum NetworkStep: Hashable, Sendable {
  /// A worker sends its next request, or the last one again.
  case send(worker: Int, roll: UInt64)
  /// One of a worker's messages that are on their way arrives, in whatever order.
  case deliver(worker: Int, place: Int)
  case duplicate(worker: Int, place: Int)
  case lose(worker: Int, place: Int)
  case pass(seconds: Int64)
  /// The daemon's clock is set, forward or back.
  case setClock(by: Int64)
  /// The daemon is killed and started.
  case restartDaemon
  /// The worker is.
  case restartWorker(Int)
  case cancel(run: Int64)
  case retry(run: Int64)

  /// A history from a seed.
  static func history(seed: UInt64, count: Int) -> [NetworkStep] {
    var dice = Dice(state: seed)
    return (0..<count).map { _ in step(&dice) }
  }

  private static func step(_ dice: inout Dice) -> NetworkStep {
    let worker = Int.random(in: 0..<NetworkSimulation.workers, using: &dice)
    let place = Int.random(in: 0...3, using: &dice)
    let run = Int64.random(in: 1...NetworkSimulation.runs, using: &dice)
    switch Int.random(in: 0..<100, using: &dice) {
    case 0..<25: return .send(worker: worker, roll: dice.next() >> 1)
    case 25..<82: return .deliver(worker: worker, place: place)
    case 82..<86: return .duplicate(worker: worker, place: place)
    case 86..<89: return .lose(worker: worker, place: place)
    case 89..<94: return .pass(seconds: Int64.random(in: 1...40, using: &dice))
    case 94:
      return Bool.random(using: &dice)
        ? .restartDaemon : .setClock(by: Int64.random(in: -100_000...100_000, using: &dice))
    case 95..<98: return .restartWorker(worker)
    case 98: return .cancel(run: run)
    default: return .retry(run: run)
    }
  }
}

/// What was found to be wrong, and when.
struct Disorder: Error, CustomStringConvertible {
  var description: String
}

/// The registry under a clock of its own, workers, and a network that loses, repeats and delays what
/// they say to each other. The first two workers share their run folder.
final class NetworkSimulation {
  static let workers = 3
  static let runs: Int64 = 2

  /// A daemon that is wrong on purpose.
  enum Defect { case none, repeatsAreRecorded }

  private enum Message {
    case request(worker: Int, life: Int, call: Int, Request)
    case answer(worker: Int, life: Int, call: Int, Answer)

    var worker: Int {
      switch self {
      case .request(let worker, _, _, _), .answer(let worker, _, _, _): worker
      }
    }
  }

  /// An attempt.
  private struct Key: Hashable {
    var run: Int64
    var epoch: Int

    init(run: Int64, epoch: Int) {
      self.run = run
      self.epoch = epoch
    }

    init(_ report: Report) { self.init(run: report.run, epoch: report.epoch) }
  }

  private let ledger: Ledger
  private let defect: Defect
  private var network: [Message] = []
  private var members: [ModelWorker]
  /// Checkpoints on disk, whether or not anyone has heard of them.
  private var files: [Key: Int] = [:]
  /// The last report that was sent, and that was confirmed.
  private var sent: [Key: Int] = [:]
  private var confirmed: [Key: Int] = [:]
  private var leases: [String: Key] = [:]
  private var finished: Set<Key> = []

  init(_ defect: Defect = .none) async throws {
    self.defect = defect
    ledger = try await Ledger()
    members = (0..<Self.workers).map {
      ModelWorker(
        name: "m\($0)",
        folder: RunFolder(id: $0 < 2 ? "common" : "own", node: "n\($0)", isShared: $0 < 2))
    }
    _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
    try await ledger.submit((1...UInt64(Self.runs)).map { $0 })
  }

  /// Lets one thing happen, and looks. Throws `Disorder`.
  func take(_ step: NetworkStep) async throws {
    switch step {
    case .send(let worker, let roll): send(worker, roll)
    case .deliver(let worker, let place):
      guard let index = index(of: place, worker) else { return }
      try await deliver(network.remove(at: index))
    case .duplicate(let worker, let place):
      guard let index = index(of: place, worker) else { return }
      network.append(network[index])
    case .lose(let worker, let place):
      guard let index = index(of: place, worker) else { return }
      network.remove(at: index)
    case .pass(let seconds):
      _ = try await ledger.registry.reap(now: ledger.tick(seconds * 1000))
    case .setClock(let seconds): _ = ledger.tick(seconds * 1000)
    case .restartDaemon:
      try ledger.reopen()
      _ = try await ledger.registry.extendLeases(now: ledger.tick(), by: Ledger.lease)
    case .restartWorker(let worker): members[worker].restart()
    case .cancel(let run): try await orRefused { try await $0.cancel(runs: [run], now: $1) }
    case .retry(let run): try await orRefused { try await $0.retry(runs: [run], now: $1) }
    }
    try await look()
  }

  private func orRefused(
    _ body: (Registry, Int64) async throws -> [Int64]
  ) async throws {
    do { _ = try await body(ledger.registry, ledger.tick()) } catch is RegistryError {}
  }

  /// Where a message of the worker's is, the last one when there are not so many. What others say does
  /// not move it, so that a history stays one when parts of it are left out.
  private func index(of place: Int, _ worker: Int) -> Int? {
    let own = network.indices.filter { network[$0].worker == worker }
    return own.isEmpty ? nil : own[min(place, own.count - 1)]
  }

  private func send(_ worker: Int, _ roll: UInt64) {
    let (call, request) = members[worker].next(roll: roll)
    if case .training(let training) = members[worker].work {
      let key = Key(run: training.lease.run, epoch: training.lease.epoch)
      sent[key] = training.sequence
      files[key] = training.checkpoint ?? files[key]
    }
    network.append(.request(worker: worker, life: members[worker].life, call: call, request))
  }

  private func deliver(_ message: Message) async throws {
    switch message {
    case .request(let worker, let life, let call, let request):
      let answer = try await answer(request)
      try note(answer, to: request)
      network.append(.answer(worker: worker, life: life, call: call, answer))
    case .answer(let worker, let life, let call, let answer):
      guard members[worker].life == life else { return }
      members[worker].hear(answer, to: call) { [files] lease in
        (lease.earlier ?? []).lazy.compactMap { files[Key(run: lease.run, epoch: $0)] }.first ?? 0
      }
    }
  }

  private func answer(_ request: Request) async throws -> Answer {
    let (registry, now) = (ledger.registry, ledger.tick())
    do {
      switch request {
      case .register(let worker):
        try await registry.register(worker, now: now)
        return .welcome
      case .lease(let wish):
        return .lease(try await registry.lease(wish, now: now, leaseDuration: Ledger.lease))
      case .report(var report):
        if defect == .repeatsAreRecorded, confirmed[Key(report)] == report.sequence {
          report.sequence += 1
        }
        return .directive(
          try await registry.report(report, now: now, leaseDuration: Ledger.lease))
      case .outcome(let outcome):
        return .lease(try await registry.outcome(outcome, now: now, leaseDuration: Ledger.lease))
      }
    } catch let error as RegistryError {
      return .refused(error.code)
    }
  }

  /// Holds an answer against those before it.
  private func note(_ answer: Answer, to request: Request) throws {
    if case .lease(let lease?) = answer, let wish = request.wish {
      let key = Key(run: lease.run, epoch: lease.epoch)
      guard leases[wish.request, default: key] == key else {
        throw Disorder(
          description: "\(wish.request) was leased \(leases[wish.request]!) and \(key)")
      }
      leases[wish.request] = key
    }
    switch (request, answer) {
    case (.report(let report), .directive(.continue)):
      confirmed[Key(report)] = max(confirmed[Key(report)] ?? 0, report.sequence)
    case (.outcome(let outcome), .lease) where outcome.outcome == Ledger.finished:
      finished.insert(Key(outcome.report))
    case (.outcome(let outcome), .refused) where finished.contains(Key(outcome.report)):
      throw Disorder(description: "\(Key(outcome.report)) finished, and was refused when repeated")
    default: break
    }
  }
}

// Looking.
extension NetworkSimulation {
  /// What has to be true whatever is still on its way.
  private func look() async throws {
    for row in try await ledger.rows(
      "SELECT run_id, epoch, sequence, coalesce(outcome, '') FROM attempt")
    {
      let key = Key(run: Int64(row[0])!, epoch: Int(row[1])!)
      let sequence = Int(row[2])!
      guard sequence <= sent[key] ?? 0 else {
        throw Disorder(description: "\(key): report \(sequence) is recorded and was never sent")
      }
      guard sequence >= confirmed[key] ?? 0 else {
        throw Disorder(description: "\(key): report \(confirmed[key]!) was confirmed and is gone")
      }
    }
    for row in try await ledger.rows(
      "SELECT run_id, epoch FROM attempt WHERE outcome = 'finished'")
    where !sent.keys.contains(Key(run: Int64(row[0])!, epoch: Int(row[1])!)) {
      throw Disorder(description: "\(row) finished and was never trained")
    }
  }

  /// The invariants by their names. Throws `Disorder`.
  func inspect() async throws {
    let inspection = try await ledger.registry.inspect()
    guard inspection.isSound else { throw Disorder(description: "\(inspection.violations)") }
  }

  /// Lets the network be whole and everyone work on; every run finishes, with its whole curve. Throws
  /// `Disorder`.
  func drain() async throws {
    // Pauses that were set by a clock that was ahead are over, too.
    _ = ledger.tick(1_000_000_000)
    for turn in 0..<2000 {
      let open = try await ledger.rows("SELECT id FROM run WHERE state <> 'finished'")
      guard !open.isEmpty else { break }
      _ = try await ledger.registry.reap(now: ledger.tick(5000))
      _ = try await ledger.registry.retry(study: "s", now: ledger.tick())
      // A roll that trains three steps and ends nothing early.
      for worker in members.indices { send(worker, 3 + 4 * 5) }
      while !network.isEmpty { try await deliver(network.removeFirst()) }
      try await look()
      if turn == 1999 { throw Disorder(description: "runs \(open) never finish") }
    }
    for run in 1...Self.runs {
      let curve = try await ledger.rows(
        "SELECT step, loss FROM losses WHERE run = \(run) AND metric = 'loss' ORDER BY step")
      let expected = (1...ModelTraining.steps).map {
        ["\($0)", "\(ModelTraining.loss(run: run, step: $0))"]
      }
      guard curve == expected else { throw Disorder(description: "run \(run) has \(curve)") }
    }
    let twice = try await ledger.rows(
      """
      SELECT run_id FROM event WHERE kind = 'run_finished' GROUP BY run_id HAVING count(*) <> 1
      """)
    guard twice.isEmpty else { throw Disorder(description: "runs \(twice) finished twice") }
    try await inspect()
  }
}

extension Request {
  /// The wish for a run in it.
  fileprivate var wish: LeaseRequest? {
    switch self {
    case .lease(let wish): wish
    case .outcome(let outcome): outcome.next
    case .register, .report: nil
    }
  }
}

import Foundation
import Loopback
import Synchronization
import Wire

/// A daemon on a real socket with the protocol's promises and no registry: the same wish gets the
/// same lease, a repeated report or outcome the same answer. Faults are thrown in before or after it
/// acts.
final class StandInDaemon: Sendable {
  /// What it saw for the first time, in order.
  enum Happening: Hashable, Sendable {
    case registered(WorkerRegistration)
    case leased(run: Int64)
    case reported(Report)
    case ended(OutcomeReport)
    case left(worker: String)
    /// A request that a fault swallowed.
    case swallowed(path: String)
    /// A report whose number is not the next one.
    case gap(Report)
    /// A file of a corpus was asked for, from this byte on.
    case fetched(path: String, from: Int)
  }

  enum Fault: Hashable, Sendable {
    /// 503, and nothing is done.
    case busy
    /// The connection closes before anything is done.
    case lostRequest
    /// It is done, and the connection closes.
    case lostReply
  }

  /// What it has besides runs: replies to reading requests by path, and the runs whose checkpoints
  /// nothing resumes.
  struct Shelf: Sendable {
    var files: @Sendable (_ path: String, _ offset: Int) -> LoopbackServer.Reply?
    var expired: Set<Int64>

    init(
      files: @escaping @Sendable (_ path: String, _ offset: Int) -> LoopbackServer.Reply? = {
        _, _ in nil
      }, expired: Set<Int64> = []
    ) {
      self.files = files
      self.expired = expired
    }
  }

  private struct Ledger {
    var queue: [Lease]
    var granted: [String: Lease] = [:]
    var sequences: [Int64: Int] = [:]
    var answers: [Int64: LeaseReply] = [:]
    var lost: Set<Int64> = []
    var stopped: Set<Int64> = []
    var saved: Set<Int64> = []
    var requests = 0
  }

  let happenings: AsyncStream<Happening>
  private let happened: AsyncStream<Happening>.Continuation
  private let ledger: Mutex<Ledger>
  private let shelf: Shelf
  private let reportSeconds: Double
  private let fault: @Sendable (_ request: Int, _ path: String) -> Fault?
  private let server = Mutex<LoopbackServer?>(nil)

  init(
    _ queue: [Lease] = [], shelf: Shelf = Shelf(), reportSeconds: Double = 0.02,
    fault: @escaping @Sendable (Int, String) -> Fault? = { _, _ in nil }
  ) throws {
    ledger = Mutex(Ledger(queue: queue))
    self.shelf = shelf
    self.reportSeconds = reportSeconds
    self.fault = fault
    (happenings, happened) = AsyncStream.makeStream(of: Happening.self)
    let made = try LoopbackServer { [weak self] in self?.answer($0) ?? .drop }
    server.withLock { $0 = made }
  }

  var address: String { server.withLock { $0!.address } }

  /// From now on the run belongs to another.
  func lose(run: Int64) { ledger.withLock { _ = $0.lost.insert(run) } }

  /// From now on reports of the run are answered with `stop`.
  func stop(run: Int64) { ledger.withLock { _ = $0.stopped.insert(run) } }

  /// The reports of a run before this one have been taken.
  func expect(report: Int, of run: Int64) {
    ledger.withLock { $0.sequences[run] = report - 1 }
  }

  /// The next report of the run that is heard of is answered with `checkpoint`.
  func save(run: Int64) { ledger.withLock { _ = $0.saved.insert(run) } }

  /// The next happening that `select` makes something of; those before it are forgotten.
  func next<Value>(_ select: (Happening) -> Value?) async -> Value {
    for await happening in happenings {
      if let value = select(happening) { return value }
    }
    fatalError("the test was cancelled")
  }

  /// The next outcome, without its report.
  func nextOutcome() async -> Outcome {
    await next { if case .ended(let ended) = $0 { ended.outcome } else { nil } }
  }

  /// Returns when the trainer of the run has said something.
  func firstReport(of run: Int64) async {
    await next {
      if case .reported(let report) = $0, report.run == run, !report.events.isEmpty {
        ()
      } else {
        nil
      }
    }
  }

  private func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    let number = ledger.withLock {
      $0.requests += 1
      return $0.requests
    }
    switch fault(number, request.path) {
    case nil: return act(on: request)
    case .busy:
      happened.yield(.swallowed(path: request.path))
      return refusal(.unavailable, "busy")
    case .lostRequest:
      happened.yield(.swallowed(path: request.path))
      return .drop
    case .lostReply:
      _ = act(on: request)
      return .drop
    }
  }

  private func act(on request: LoopbackServer.Request) -> LoopbackServer.Reply {
    switch (request.method, request.path) {
    case ("PUT", _):
      happened.yield(.registered(decoded(request.body)))
      return json(WorkerWelcome(leaseSeconds: 30, reportSeconds: reportSeconds))
    case ("DELETE", let path):
      happened.yield(.left(worker: String(path.dropFirst("/v1/workers/".count))))
      return .json(status: 204, Data())
    case ("POST", "/v1/leases"):
      // A long poll on an empty queue: the reply does not come in the time of a test.
      return grant(decoded(request.body)).map { json(LeaseReply(lease: $0)) } ?? .hold
    case ("POST", "/v1/reports"):
      let report: Report = decoded(request.body)
      guard record(report) else { return refusal(.leaseLost, "run \(report.run) is another's") }
      return json(ReportReply(directive: directive(for: report.run)))
    case ("POST", "/v1/outcomes"):
      return end(decoded(request.body))
    case ("POST", "/v1/checkpoints/expired"):
      let kept: KeptCheckpoints = decoded(request.body)
      return json(
        ExpiredCheckpoints(runs: kept.runs.map(\.run).filter(shelf.expired.contains)))
    case ("GET", let path):
      let range = request.headers["range"] ?? "bytes=0-"
      let offset = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
      guard let reply = shelf.files(path, offset) else { return refusal(.notFound, path) }
      happened.yield(.fetched(path: path, from: offset))
      return reply
    default:
      return refusal(.notFound, request.path)
    }
  }

  private func directive(for run: Int64) -> ReportReply.Directive {
    ledger.withLock { ledger in
      if ledger.stopped.contains(run) { return .stop }
      return ledger.saved.remove(run) == nil ? .continue : .checkpoint
    }
  }

  private func grant(_ wish: LeaseRequest) -> Lease? {
    ledger.withLock { ledger in
      if let lease = ledger.granted[wish.request] { return lease }
      guard !ledger.queue.isEmpty else { return nil }
      let lease = ledger.queue.removeFirst()
      ledger.granted[wish.request] = lease
      happened.yield(.leased(run: lease.run))
      return lease
    }
  }

  /// False when the lease is lost.
  private func record(_ report: Report) -> Bool {
    ledger.withLock { ledger in
      guard !ledger.lost.contains(report.run) else { return false }
      let last = ledger.sequences[report.run] ?? 0
      if report.sequence > last + 1 { happened.yield(.gap(report)) }
      if report.sequence == last + 1 {
        ledger.sequences[report.run] = report.sequence
        happened.yield(.reported(report))
      }
      return true
    }
  }

  private func end(_ outcome: OutcomeReport) -> LoopbackServer.Reply {
    let run = outcome.report.run
    if let answer = ledger.withLock({ $0.answers[run] }) { return json(answer) }
    guard record(outcome.report) else { return refusal(.leaseLost, "run \(run) is another's") }
    happened.yield(.ended(outcome))
    let answer = LeaseReply(lease: outcome.next.flatMap { grant($0) })
    ledger.withLock { $0.answers[run] = answer }
    return json(answer)
  }

  private func decoded<Body: Decodable>(_ data: Data) -> Body {
    try! JSONDecoder().decode(Body.self, from: data)
  }

  private func json(_ body: some Encodable, status: Int = 200) -> LoopbackServer.Reply {
    .json(status: status, try! JSONEncoder().encode(body))
  }

  private func refusal(_ code: APIError.Code, _ message: String) -> LoopbackServer.Reply {
    json(APIError(code, message), status: code.status)
  }
}

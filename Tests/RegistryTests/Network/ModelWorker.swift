import Testing
import Wire

@testable import Registry

/// What a worker asks of the daemon.
enum Request: Hashable, Sendable {
  case register(WorkerRegistration)
  case lease(LeaseRequest)
  case report(Report)
  case outcome(OutcomeReport)
}

/// What it hears.
enum Answer: Hashable, Sendable {
  case welcome
  case lease(Lease?)
  case directive(ReportReply.Directive)
  case refused(APIError.Code)
}

/// A run of thirty steps whose losses are known, as a trainer that writes a checkpoint every third.
struct ModelTraining {
  static let steps = 30
  let lease: Lease
  let firstStep: Int
  private(set) var step: Int
  private(set) var sequence = 0
  /// What the last report told, until it is answered.
  private(set) var checkpoint: Int?

  init(_ lease: Lease, from firstStep: Int) {
    self.lease = lease
    self.firstStep = firstStep
    step = firstStep
  }

  static func loss(run: Int64, step: Int) -> Double { Double(run) + Double(step) / 64 }

  /// Trains on for some steps and tells of them; what was said before is said again at the start.
  mutating func report(steps: Int) -> Report {
    sequence += 1
    var events: [TrainerEvent] = []
    if sequence == 1 {
      events.append(.started(.init(parameters: 1, activeParameters: 1, firstStep: firstStep)))
    }
    let last = min(step + steps, Self.steps)
    for step in ((sequence == 1 ? 0 : step) + 1)..<(last + 1) {
      events.append(
        .step(.init(step: step, tokens: step, loss: Self.loss(run: lease.run, step: step))))
      if step.isMultiple(of: 3), step > self.step {
        checkpoint = step
        events.append(.checkpoint(.init(step: step, path: "checkpoints/\(step)")))
      }
    }
    step = last
    return Report(run: lease.run, epoch: lease.epoch, sequence: sequence, events: events)
  }

  var isDone: Bool { step == Self.steps }
}

/// One slot of a worker that is killed now and then: it asks, and asks again until it is answered.
struct ModelWorker {
  enum Work {
    case new, idle
    case training(ModelTraining)
  }

  let name: String
  let folder: RunFolder
  private(set) var life = 1
  private(set) var work = Work.new
  /// The call that it waits for, numbered from 1.
  private(set) var awaited: (call: Int, request: Request)?
  private var calls = 0

  init(name: String, folder: RunFolder) {
    self.name = name
    self.folder = folder
  }

  var id: String { "\(name)-\(life)" }

  /// Killed and started again: it remembers nothing, and late replies are for nobody.
  mutating func restart() {
    life += 1
    work = .new
    awaited = nil
  }

  /// What it sends next: the call that was not answered once more, or a new one. `roll` decides what
  /// its trainer does.
  mutating func next(roll: UInt64) -> (call: Int, request: Request) {
    if let awaited { return awaited }
    calls += 1
    let call = (calls, request(roll))
    awaited = call
    return call
  }

  private mutating func request(_ roll: UInt64) -> Request {
    switch work {
    case .new:
      return .register(
        WorkerRegistration(
          id: id, host: name, pid: life, slots: 1, version: "0", folder: folder))
    case .idle: return .lease(wish)
    case .training(var training):
      let report = training.report(steps: Int(roll % 4))
      work = .training(training)
      if training.isDone {
        return .outcome(.init(report: report, outcome: Ledger.finished, next: wish))
      }
      switch roll / 4 % 8 {
      case 0: return .outcome(.init(report: report, outcome: Ledger.failed, next: wish))
      case 1: return .outcome(.init(report: report, outcome: Ledger.released, next: nil))
      default: return .report(report)
      }
    }
  }

  private var wish: LeaseRequest { LeaseRequest(worker: id, request: "\(id)/\(calls)") }

  /// Hears the answer to a call; a second one, or one that came too late, changes nothing. `resuming`
  /// says where a lease's trainer begins.
  mutating func hear(_ answer: Answer, to call: Int, resuming: (Lease) -> Int) {
    guard awaited?.call == call, let request = awaited?.request else { return }
    awaited = nil
    switch (request, answer) {
    case (_, .refused(.notFound)), (_, .refused(.conflict)): restart()
    case (.register, _): work = .idle
    case (_, .lease(let lease?)): work = .training(ModelTraining(lease, from: resuming(lease)))
    case (.report, .directive(.continue)), (.report, .directive(.checkpoint)): break
    case (_, .lease(nil)), (_, .refused), (_, .directive), (_, .welcome): work = .idle
    }
  }
}

import Experiment

extension Reason: Codable {
  private enum Name: String, Codable {
    case leased, ended
    case waitsForLaw = "waits_for_law"
    case stuck
    case studyPaused = "study_paused"
    case gridPaused = "grid_paused"
    case concurrency, budget
    case notBefore = "not_before"
    case noWorker = "no_worker"
    case noFit = "no_fit"
    case busy, walltime
    case setAside = "set_aside"
    case ahead
  }

  private enum CodingKeys: String, CodingKey {
    case reason, message
    case worker, epoch, since, state, failure, law, grid, problem, study, running, limit, budget
    case spent
    case inFlight = "in_flight"
    case at, because, workers, nearest, lacks, needs, longest, host, until, cause
    case byPriority = "by_priority"
    case byShare = "by_share"
    case byOrder = "by_order"
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
      try box.decode(Value.self, forKey: key)
    }
    self =
      switch try box.decode(Name.self, forKey: .reason) {
      case .leased:
        .leased(worker: try value(.worker), epoch: try value(.epoch), since: try value(.since))
      case .ended:
        .ended(
          state: try value(.state),
          failure: try box.decodeIfPresent(FailureClass.self, forKey: .failure),
          message: try box.decodeIfPresent(String.self, forKey: .problem))
      case .waitsForLaw: .waitsForLaw(law: try value(.law), grid: try value(.grid))
      case .stuck: .stuck(problem: try value(.problem))
      case .studyPaused: .studyPaused(study: try value(.study))
      case .gridPaused: .gridPaused(grid: try value(.grid))
      case .concurrency:
        .concurrency(
          study: try value(.study), running: try value(.running),
          limit: try value(.limit))
      case .budget:
        .budget(
          study: try value(.study), budget: try value(.budget), spent: try value(.spent),
          inFlight: try value(.inFlight), limit: try value(.limit))
      case .notBefore: .notBefore(at: try value(.at), because: try value(.because))
      case .noWorker: .noWorker
      case .noFit:
        .noFit(
          workers: try value(.workers), nearest: try value(.nearest), lacks: try value(.lacks))
      case .busy:
        .busy(workers: try value(.workers), nearest: try value(.nearest), lacks: try value(.lacks))
      case .walltime:
        .walltime(
          workers: try value(.workers), needs: try value(.needs), longest: try value(.longest))
      case .setAside:
        .setAside(host: try value(.host), until: try value(.until), cause: try value(.cause))
      case .ahead:
        .ahead(
          byPriority: try value(.byPriority), byShare: try value(.byShare),
          byOrder: try value(.byOrder))
      }
  }

  /// The facts, and beside them the sentence that they make.
  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(name, forKey: .reason)
    try box.encode(description, forKey: .message)
    for (key, value) in facts { try box.encode(AnyFact(value), forKey: key) }
  }

  private var name: Name {
    switch self {
    case .leased: .leased
    case .ended: .ended
    case .waitsForLaw: .waitsForLaw
    case .stuck: .stuck
    case .studyPaused: .studyPaused
    case .gridPaused: .gridPaused
    case .concurrency: .concurrency
    case .budget: .budget
    case .notBefore: .notBefore
    case .noWorker: .noWorker
    case .noFit: .noFit
    case .busy: .busy
    case .walltime: .walltime
    case .setAside: .setAside
    case .ahead: .ahead
    }
  }

  private var facts: [(CodingKeys, any Encodable)] {
    switch self {
    case .leased(let worker, let epoch, let since):
      [(.worker, worker), (.epoch, epoch), (.since, since)]
    case .ended(let state, let failure, let message):
      [(.state, state)] + (failure.map { [(.failure, $0)] } ?? [])
        + (message.map { [(.problem, $0)] } ?? [])
    case .waitsForLaw(let law, let grid): [(.law, law), (.grid, grid)]
    case .stuck(let problem): [(.problem, problem)]
    case .studyPaused(let study): [(.study, study)]
    case .gridPaused(let grid): [(.grid, grid)]
    case .concurrency(let study, let running, let limit):
      [(.study, study), (.running, running), (.limit, limit)]
    case .budget(let study, let budget, let spent, let inFlight, let limit):
      [
        (.study, study), (.budget, budget), (.spent, spent), (.inFlight, inFlight),
        (.limit, limit),
      ]
    case .notBefore(let at, let because): [(.at, at), (.because, because)]
    case .noWorker: []
    case .noFit(let workers, let nearest, let lacks), .busy(let workers, let nearest, let lacks):
      [(.workers, workers), (.nearest, nearest), (.lacks, lacks)]
    case .walltime(let workers, let needs, let longest):
      [(.workers, workers), (.needs, needs), (.longest, longest)]
    case .setAside(let host, let until, let cause):
      [(.host, host), (.until, until), (.cause, cause)]
    case .ahead(let priority, let share, let order):
      [(.byPriority, priority), (.byShare, share), (.byOrder, order)]
    }
  }
}

/// A fact of any type, for one loop over all of them.
private struct AnyFact: Encodable {
  let value: any Encodable

  init(_ value: any Encodable) { self.value = value }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

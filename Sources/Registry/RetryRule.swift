import Wire

/// What becomes of a run whose attempt failed, and of the machine that it failed on.
enum RetryRule {
  /// Where the run goes on.
  struct Sequel: Hashable {
    var failures: Int
    var losses: Int
    /// It is not tried again.
    var isFinal: Bool
    /// Milliseconds since 1970; 0 for at once.
    var notBefore: Int64
  }

  /// Applies a failure's class to a run that has failed `failures` times and lost `losses` workers.
  static func sequel(
    to failure: FailureClass, failures: Int, losses: Int, retryLimit: Int, now: Int64
  ) -> Sequel {
    var sequel = Sequel(failures: failures, losses: losses, isFinal: false, notBefore: 0)
    switch failure.cost {
    case .nothing: break
    case .final: sequel.isFinal = true
    case .retry:
      sequel.failures += 1
      sequel.isFinal = sequel.failures > retryLimit
      sequel.notBefore = now + pause(after: sequel.failures)
    case .loss:
      sequel.losses += 1
      sequel.isFinal = sequel.losses >= Registry.lostLeaseLimit
      sequel.notBefore = now + pause(after: sequel.losses)
    }
    if sequel.isFinal { sequel.notBefore = 0 }
    return sequel
  }

  /// Milliseconds to wait after the `count`th failure, from 1: 10 s, doubling, an hour at most.
  static func pause(after count: Int) -> Int64 {
    min(10_000 << Int64(min(max(count, 1), 20) - 1), 3_600_000)
  }

  /// Failures in a row, of different runs, that set a node aside.
  static let nodeFailureLimit = 2
  /// For how long, milliseconds.
  static let nodePause: Int64 = 3_600_000
  /// A run that is given back so shortly before its worker's end is given back for that, milliseconds.
  static let walltimeMargin: Int64 = 300_000
}

import Experiment
import GRDB
import Wire

extension WorkerCapacity {
  /// What a worker that asks is told.
  enum Choice {
    case nothing
    /// The first run of a class; `passed` come first in order, and it could hold them were it empty.
    case take(QueueClass, passed: [QueueClass])
    /// It is kept free for a class that was passed over for too long.
    case reserve(QueueClass)
  }

  /// Milliseconds for which runs that need more room may be passed over.
  static let patience: Int64 = 600_000

  /// The first of `classes`, which are in order, that fits what is free. One that was passed over for
  /// ten minutes gets a worker to itself: the first that could hold it takes nothing later in order.
  func choice(
    of classes: [QueueClass], estimate: WalltimeEstimate, now: Int64,
    isHere: (String) throws -> Bool
  ) rethrows -> Choice {
    var passed: [QueueClass] = []
    for entry in classes
    where couldHold(entry) && hasTime(for: estimate.seconds(of: entry), now: now) {
      if free.holds(entry.request) { return .take(entry, passed: passed) }
      if let since = entry.passedSince, now - since >= Self.patience {
        if entry.reservedFor == id { return .nothing }
        if try !(entry.reservedFor.map(isHere) ?? false) { return .reserve(entry) }
      }
      passed.append(entry)
    }
    return .nothing
  }

  /// Whether it stays for so long; a run of unknown length is let try.
  func hasTime(for seconds: Double?, now: Int64) -> Bool {
    guard let walltimeEnd, let seconds else { return true }
    return Double(now) + seconds * 1000 <= Double(walltimeEnd)
  }

  /// What a run that fits gets.
  func grant(for entry: QueueClass) -> Lease.Grant {
    Lease.Grant(
      cpus: entry.request.cpus, gpus: entry.request.gpus, gpuType: free.gpuType(for: entry.request))
  }
}

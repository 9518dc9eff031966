import Experiment
import Wire

/// Which workers could train a class's runs, and what keeps the others from it.
struct WorkerFit {
  /// Those that have room for one now.
  let ready: [String]
  /// Why there is none that has.
  let reasons: [Reason]

  init(of entry: QueueClass, on workers: [WorkerCapacity], seconds: Double?, now: Int64) {
    let able = workers.filter { $0.couldHold(entry) }
    let lasting = able.filter { $0.hasTime(for: seconds, now: now) }
    let trusted = lasting.filter { $0.setAside == nil }
    let free = trusted.filter { $0.free.holds(entry.request) }
    ready = free.map(\.id)
    guard free.isEmpty else {
      reasons = []
      return
    }
    if workers.isEmpty {
      reasons = [.noWorker]
    } else if able.isEmpty {
      let (nearest, lacks) = Self.nearest(to: entry, of: workers, \.total)
      reasons = [.noFit(workers: workers.count, nearest: nearest, lacks: lacks)]
    } else if lasting.isEmpty {
      let longest = able.compactMap(\.walltimeEnd).max() ?? now
      reasons = [
        .walltime(
          workers: able.count, needs: seconds ?? 0,
          longest: max(0, Double(longest - now) / 1000))
      ]
    } else if trusted.isEmpty {
      var hosts: Set<String> = []
      reasons = lasting.compactMap { worker in
        guard let aside = worker.setAside, hosts.insert(worker.host).inserted else { return nil }
        return .setAside(host: worker.host, until: aside.until, cause: aside.reason)
      }
    } else {
      let (nearest, lacks) = Self.nearest(to: entry, of: trusted, \.free)
      reasons = [.busy(workers: trusted.count, nearest: nearest, lacks: lacks)]
    }
  }

  /// The worker that lacks the fewest things, and of these the least of them.
  private static func nearest(
    to entry: QueueClass, of workers: [WorkerCapacity],
    _ offer: KeyPath<WorkerCapacity, ResourceOffer>
  ) -> (worker: String, lacks: [Shortfall]) {
    let lacks = workers.map { worker in
      let trainer =
        worker.trainers.contains(entry.trainer)
        ? [] : [Shortfall(resource: .trainer, name: entry.trainer, asked: 1, offered: 0)]
      return (
        worker: worker.id, lacks: worker[keyPath: offer].shortfalls(of: entry.request) + trainer
      )
    }
    func distance(_ lacks: [Shortfall]) -> Double {
      lacks.reduce(0) { $0 + 1 - Double($1.offered) / Double($1.asked) }
    }
    return lacks.min {
      ($0.lacks.count, distance($0.lacks), $0.worker) < (
        $1.lacks.count, distance($1.lacks), $1.worker
      )
    } ?? ("", [])
  }
}

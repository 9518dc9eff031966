import Client
import Foundation
import Wire

/// Strikes a cluster while it trains, until enough was killed and every run has finished.
final class Ordeal {
  private let cluster: Cluster
  private let kills: Int
  private var dice: Dice
  private var blows = Blows()
  /// Who was stopped, and when it goes on.
  private var frozen: [(id: pid_t, until: ContinuousClock.Instant)] = []
  /// Workers that are down, and when they are back.
  private var absent: [(worker: Int, until: ContinuousClock.Instant)] = []

  init(_ cluster: Cluster, seed: UInt64, kills: Int) {
    self.cluster = cluster
    self.kills = kills
    dice = Dice(seed: seed)
  }

  /// What was done, once everything has finished and every process has left. Throws `BrokenPromise`.
  func survive() async throws -> Blows {
    let start = ContinuousClock.now
    while blows.killed < kills, try await unfinished() > 0 {
      try await progress(Int64.random(in: 1...4, using: &dice))
      // Anywhere between two records, too.
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &dice)))
      try await strike()
    }
    while try await unfinished() > 0 { try await progress(1) }
    try thaw(all: true)
    try cluster.stop()
    blows.duration = start.duration(to: .now)
    return blows
  }

  private func unfinished() async throws -> Int64 {
    try await cluster.rows("SELECT count(*) FROM run WHERE state <> 'finished'")[0][0].number
  }

  /// Returns when as many things were recorded, or a process came back. Throws `.stuck` after a minute.
  private func progress(_ count: Int64) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    let before = try await recorded()
    while try await recorded() < before + count {
      try thaw()
      try cluster.checkLiving()
      try await hurry()
      if try await unfinished() == 0 { return }
      guard ContinuousClock.now < deadline else {
        let states = try await cluster.rows("SELECT state, count(*) FROM run GROUP BY state")
        throw BrokenPromise.stuck("\(states)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Events, reports and checkpoints so far.
  private func recorded() async throws -> Int64 {
    try await cluster.rows(
      """
      SELECT (SELECT count(*) FROM event) + (SELECT coalesce(sum(sequence), 0) FROM attempt)
        + (SELECT coalesce(sum(step), 0) FROM checkpoint)
      """)[0][0].number
  }
}

// Striking.
extension Ordeal {
  private func strike() async throws {
    let part = Part.allCases.randomElement(using: &dice)!
    if dice.oneIn(25) { freeze(part) } else { try await kill(part) }
  }

  /// SIGKILL; a worker or daemon comes back at once, or once in a while after its leases have lapsed.
  private func kill(_ part: Part) async throws {
    guard let (id, worker) = victim(part) else { return }
    Glibc.kill(id, SIGKILL)
    frozen.removeAll { $0.id == id }
    blows.kills[part, default: 0] += 1
    let absence = dice.oneIn(20) ? Duration.seconds(1.5 * cluster.lease) : .zero
    switch part {
    case .daemon:
      _ = cluster.daemon.wait()
      if absence > .zero { blows.absences += 1 }
      try await Task.sleep(for: absence)
      try cluster.restartDaemon()
    case .worker:
      _ = cluster.workers[worker!]?.wait()
      cluster.buryWorker(worker!)
      if absence > .zero { blows.absences += 1 }
      absent.append((worker!, .now + absence))
      try thaw()
    case .guardian, .trainer: break
    }
  }

  private func freeze(_ part: Part) {
    guard let (id, _) = victim(part) else { return }
    Glibc.kill(id, SIGSTOP)
    frozen.append((id, .now + .seconds(1.5 * cluster.lease)))
    blows.freezes[part, default: 0] += 1
  }

  /// Someone of that kind, if anyone is there: its process, and its number if it is a worker.
  private func victim(_ part: Part) -> (id: pid_t, worker: Int?)? {
    let workers = cluster.workers.enumerated().compactMap { number, worker in
      worker.map { (id: $0.id, worker: Int?.some(number)) }
    }
    let processes = ProcessTable.processes(in: cluster.laboratory.folder)
    let trainers = processes.filter { $0.words.count > 1 && $0.words[1] == "train" }
    let guards = processes.filter { process in trainers.contains { $0.parent == process.id } }
    return switch part {
    case .daemon: (cluster.daemon.id, nil)
    case .worker: workers.randomElement(using: &dice)
    case .guardian: guards.randomElement(using: &dice).map { ($0.id, nil) }
    case .trainer: trainers.randomElement(using: &dice).map { ($0.id, nil) }
    }
  }
}

// What brings a cluster back.
extension Ordeal {
  /// Lets those go on whose time has come, or all.
  private func thaw(all: Bool = false) throws {
    let now = ContinuousClock.now
    for (id, until) in frozen where all || until <= now { Glibc.kill(id, SIGCONT) }
    frozen.removeAll { all || $0.until <= now }
    for (worker, until) in absent where all || until <= now { try cluster.restartWorker(worker) }
    absent.removeAll { all || $0.until <= now }
  }

  /// A run that was struck waits before its next try, longer each time. When nothing else is left to
  /// train a person cancels those that wait and puts them back, with those that were given up.
  private func hurry() async throws {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let rows = try await cluster.rows(
      """
      SELECT id, state IN ('failed', 'cancelled') FROM run
      WHERE state IN ('failed', 'cancelled') OR state = 'queued' AND not_before > \(now)
      """)
    let ready = try await cluster.rows(
      """
      SELECT count(*) FROM run
      WHERE state = 'leased' OR state = 'queued' AND not_before <= \(now)
      """)[0][0].number
    guard !rows.isEmpty, ready < Cluster.workers else { return }
    let waiting = rows.filter { $0[1] == .integer(0) }.map { $0[0].number }
    // Killed or stopped as it is, the daemon may not answer: then the next turn tries again.
    let client = cluster.client
    do throws(ClientError) {
      for run in waiting {
        let _: CancelReply = try await client.post(
          "/v1/cancel", CancelRequest(runs: [run], grid: nil))
      }
      let reply: RetryReply = try await client.post(
        "/v1/retry", RetryRequest(runs: [], study: GridText.study))
      blows.hurried += reply.requeued.count
    } catch {}
  }
}

extension Table.Value {
  /// A whole number, as counts and ids are.
  var number: Int64 {
    if case .integer(let number) = self { number } else { 0 }
  }
}

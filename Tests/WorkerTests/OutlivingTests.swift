import Experiment
import Foundation
import Synchronization
import Testing
import Wire

@testable import Worker

@Suite("A worker without its daemon", .timeLimit(.minutes(1)))
struct OutlivingTests {
  /// Saves itself when it is asked to leave.
  private static let saving = """
    trap 'mkdir checkpoints; touch checkpoints/7
      echo "{\\"event\\":\\"checkpoint\\",\\"step\\":7,\\"path\\":\\"checkpoints/7\\"}"; exit 75' TERM
    echo '\(Workshop.started)'
    while :; do sleep 0.01; done
    """

  @Test("after the orphan limit a trainer is saved and ends, and its run is given back later")
  func orphaned() async throws {
    let workshop = try Workshop(trainer: Self.saving)
    let away = Mutex(false)
    let daemon = try StandInDaemon([.sample(run: 1)]) { _, _ in
      away.withLock { $0 } ? .lostRequest : nil
    }
    let settings: (inout WorkerSettings) -> Void = { $0.orphanLimit = .milliseconds(200) }
    try await workshop.serving(daemon, grace: .seconds(20), settings) {
      await daemon.firstReport(of: 1)
      away.withLock { $0 = true }
      let spool = workshop.file("spool.jsonl", of: 1)
      while try !String(contentsOf: spool, encoding: .utf8).contains(#"{"outcome":"#) {
        await daemon.next { if case .swallowed = $0 { () } else { nil } }
      }
      away.withLock { $0 = false }
      var steps: [Int] = []
      let outcome = await daemon.next { happening -> Outcome? in
        if case .reported(let report) = happening {
          for case .checkpoint(let saved) in report.events { steps.append(saved.step) }
        }
        if case .ended(let ended) = happening { return ended.outcome }
        return nil
      }
      #expect(steps == [7])
      guard case .released(let reason) = outcome else { fatalError("\(outcome)") }
      #expect(reason.contains("--orphan-limit"))
    }
  }

  @Test("a checkpoint is reported at once, not when the next report is due")
  func checkpoint() async throws {
    let workshop = try Workshop(
      trainer: """
        echo '\(Workshop.started)'
        echo '{"event":"checkpoint","step":3,"path":"checkpoints/3"}'
        until [ -e go ]; do sleep 0.01; done
        echo '\(Workshop.finished)'
        """)
    let daemon = try StandInDaemon([.sample(run: 1)], reportSeconds: 1000)
    try await workshop.serving(daemon) {
      let report = await daemon.next { if case .reported(let report) = $0 { report } else { nil } }
      #expect(report.events.last == .checkpoint(.init(step: 3, path: "checkpoints/3")))
      try Data().write(to: workshop.file("go", of: 1))
      #expect(await daemon.nextOutcome() == .finished(Workshop.result))
    }
  }

  @Test("when the lease is lost, what the trainer has started ends with it")
  func grandchildren() async throws {
    let workshop = try Workshop(
      trainer: """
        trap '' TERM
        sh -c 'trap "" TERM; sleep 1000 & echo $! > grandchild; wait' &
        until [ -s grandchild ]; do sleep 0.01; done
        echo '\(Workshop.started)'
        while :; do sleep 0.1; done
        """)
    let daemon = try StandInDaemon([.sample(run: 1), .sample(run: 2)])
    try await workshop.serving(daemon, grace: .seconds(1000)) {
      await daemon.firstReport(of: 1)
      let text = try String(contentsOf: workshop.file("grandchild", of: 1), encoding: .utf8)
      let grandchild = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))!
      daemon.lose(run: 1)
      await waitForEnd(of: grandchild)
      await daemon.firstReport(of: 2)
      daemon.lose(run: 2)
    }
  }

  /// The spool of an attempt whose worker was killed on `node` after `reports` of two were delivered.
  private func killed(_ run: Int64, on node: String?, in workshop: Workshop) throws {
    let lease = Lease.sample(run: run)
    let directory = try RunDirectory(for: lease, under: workshop.runs)
    let outbox = Outbox(lease, spool: directory.spool, node: node)
    outbox.gather([.started(.init(parameters: 1, activeParameters: 1))])
    outbox.cut()
    outbox.delivered()
    outbox.gather([.checkpoint(.init(step: 5, path: "checkpoints/5"))])
  }

  @Test("what a killed worker's trainer had said is delivered, and its run goes back at once")
  func killed() async throws {
    let workshop = try Workshop()
    try killed(7, on: "here", in: workshop)
    let daemon = try StandInDaemon([.sample(run: 8)])
    daemon.expect(report: 2, of: 7)
    let settings: (inout WorkerSettings) -> Void = {
      $0.folder = RunFolder(id: "f", node: "here", isShared: false)
    }
    try await workshop.serving(daemon, settings) {
      let report = await daemon.next { if case .reported(let report) = $0 { report } else { nil } }
      #expect(report.sequence == 2)
      #expect(report.events == [.checkpoint(.init(step: 5, path: "checkpoints/5"))])
      let ended = await daemon.next { if case .ended(let ended) = $0 { ended } else { nil } }
      #expect(ended.report.sequence == 3)
      guard case .failed(let failure) = ended.outcome else { fatalError() }
      #expect(failure.kind == .lost)
      // Its own runs come after that.
      #expect(await daemon.nextOutcome() == .finished(Workshop.result))
    }
    #expect(!FileManager.default.fileExists(atPath: workshop.file("spool.jsonl", of: 7).path))
  }

  @Test("a spool of another machine, whose worker may live, is left alone")
  func elsewhere() async throws {
    let workshop = try Workshop()
    try killed(7, on: "there", in: workshop)
    let daemon = try StandInDaemon([.sample(run: 8)])
    let settings: (inout WorkerSettings) -> Void = {
      $0.folder = RunFolder(id: "f", node: "here", isShared: true)
    }
    try await workshop.serving(daemon, settings) {
      let ended = await daemon.next { if case .ended(let ended) = $0 { ended } else { nil } }
      #expect(ended.report.run == 8)
    }
    #expect(FileManager.default.fileExists(atPath: workshop.file("spool.jsonl", of: 7).path))
  }

  @Test("checkpoints go when the daemon says that their run has ended, and stay otherwise")
  func retention() async throws {
    let workshop = try Workshop()
    for run in Int64(1)...3 {
      let directory = try RunDirectory(for: .sample(run: run), under: workshop.runs)
      try FileManager.default.createDirectory(
        at: directory.url.appending(path: "checkpoints"), withIntermediateDirectories: true)
    }
    let daemon = try StandInDaemon(shelf: .init(expired: [2]))
    let service = try workshop.service(daemon.address)
    await CheckpointRetention(runs: workshop.runs, link: service.link).look()
    let left = RunDirectory.all(under: workshop.runs).filter(\.hasCheckpoints).map(\.run)
    #expect(left.sorted() == [1, 3])
    #expect(RunDirectory.all(under: workshop.runs).count == 3)
  }

  @Test("a run folder has one identity, under any path, whoever makes it")
  func identity() throws {
    let workshop = try Workshop()
    let made = try (1...3).map { _ in
      try RunFolder(at: workshop.runs, isShared: false, host: "h")
    }
    #expect(Set(made).count == 1 && made[0].node.hasPrefix("h/"))
    let link = workshop.folder.appending(path: "link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: workshop.runs)
    #expect(try RunFolder(at: link, isShared: false, host: "h") == made[0])
    let other = try Workshop()
    #expect(try RunFolder(at: other.runs, isShared: false, host: "h").id != made[0].id)
    let entries = try FileManager.default.contentsOfDirectory(atPath: workshop.runs.path)
    #expect(entries == [".folder-id"])
  }
}

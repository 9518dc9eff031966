import Experiment
import Foundation
import Synchronization
import Testing
import Wire

@testable import Worker

@Suite("A worker and its daemon", .timeLimit(.minutes(1)))
struct WorkerServiceTests {
  @Test("runs are trained one after the other, each outcome bringing the next run")
  func sequence() async throws {
    let workshop = try Workshop()
    let leases = (1...3).map { Lease.sample(run: $0) }
    let daemon = try StandInDaemon(leases)
    try await workshop.serving(daemon) {
      let worker = await daemon.next {
        if case .registered(let worker) = $0 { worker } else { nil }
      }
      #expect(worker.id == "tester")
      for lease in leases {
        var events: [TrainerEvent] = []
        let ended = await daemon.next { happening -> OutcomeReport? in
          if case .reported(let report) = happening { events += report.events }
          if case .ended(let ended) = happening { return ended }
          return nil
        }
        #expect(ended.report.run == lease.run)
        #expect(ended.outcome == .finished(Workshop.result))
        #expect(ended.next != nil)
        #expect(
          events == [
            .started(.init(parameters: 10, activeParameters: 5)), .finished(Workshop.result),
          ])
        let spec = try Data(contentsOf: workshop.file("spec.json", of: lease.run))
        #expect(String(decoding: spec, as: UTF8.self) == lease.spec.canonical)
      }
    }
    #expect(
      await daemon.next { if case .left(let worker) = $0 { worker } else { nil } } == "tester")
    for lease in leases {
      #expect(
        !FileManager.default.fileExists(atPath: workshop.file("spool.jsonl", of: lease.run).path))
    }
  }

  @Test("slots work side by side")
  func slots() async throws {
    let workshop = try Workshop(trainer: Workshop.patient)
    let daemon = try StandInDaemon((1...3).map { .sample(run: $0) })
    try await workshop.serving(daemon, slots: 3) {
      var open: Set<Int64> = [1, 2, 3]
      while !open.isEmpty {
        let run = await daemon.next {
          if case .reported(let report) = $0, !report.events.isEmpty { report.run } else { nil }
        }
        open.remove(run)
      }
      for run in 1...3 { try Data().write(to: workshop.file("go", of: Int64(run))) }
      for _ in 1...3 { #expect(await daemon.nextOutcome() == .finished(Workshop.result)) }
    }
  }

  @Test("a daemon that wants a checkpoint gets one, and the training goes on")
  func checkpoint() async throws {
    let workshop = try Workshop(trainer: Workshop.asked)
    let daemon = try StandInDaemon([.sample(run: 1)])
    try await workshop.serving(daemon) {
      await daemon.firstReport(of: 1)
      daemon.save(run: 1)
      var events: [TrainerEvent] = []
      let outcome = await daemon.next { happening -> Outcome? in
        if case .reported(let report) = happening { events += report.events }
        if case .ended(let ended) = happening { return ended.outcome }
        return nil
      }
      #expect(outcome == .finished(Workshop.result))
      #expect(events == [.checkpoint(.init(step: 2, path: "c/2")), .finished(Workshop.result)])
    }
  }

  @Test(
    "lost requests, lost replies and a busy daemon change nothing that is recorded",
    arguments: [StandInDaemon.Fault.busy, .lostRequest, .lostReply])
  func faults(fault: StandInDaemon.Fault) async throws {
    let workshop = try Workshop()
    // Two of three requests go wrong.
    let daemon = try StandInDaemon((1...4).map { .sample(run: $0) }) { number, _ in
      number % 3 == 0 ? nil : fault
    }
    try await workshop.serving(daemon) {
      for run in Int64(1)...4 {
        var sequences: [Int] = []
        let ended = await daemon.next { happening -> OutcomeReport? in
          switch happening {
          case .reported(let report): sequences.append(report.sequence)
          case .gap(let report): Issue.record("report \(report.sequence) left a gap")
          case .ended(let ended): return ended
          case .registered, .leased, .left, .swallowed, .fetched: break
          }
          return nil
        }
        #expect(ended.report.run == run)
        #expect(ended.outcome == .finished(Workshop.result))
        #expect(sequences == Array(1...sequences.count))
      }
    }
  }

  @Test("a trainer goes on while the daemon is away, and all it said arrives later, in order")
  func outage() async throws {
    let workshop = try Workshop(trainer: Workshop.patient)
    let away = Mutex(false)
    let daemon = try StandInDaemon([.sample(run: 1)]) { _, _ in
      away.withLock { $0 } ? .lostRequest : nil
    }
    try await workshop.serving(daemon) {
      await daemon.firstReport(of: 1)
      away.withLock { $0 = true }
      await daemon.next { if case .swallowed("/v1/reports") = $0 { () } else { nil } }
      try Data().write(to: workshop.file("go", of: 1))
      // The trainer ends, and its outcome waits on disk.
      let spool = workshop.file("spool.jsonl", of: 1)
      while try !String(contentsOf: spool, encoding: .utf8).contains(#"{"outcome":"#) {
        await daemon.next { if case .swallowed = $0 { () } else { nil } }
      }
      away.withLock { $0 = false }
      var events: [TrainerEvent] = []
      let outcome = await daemon.next { happening -> Outcome? in
        if case .reported(let report) = happening { events += report.events }
        if case .ended(let ended) = happening { return ended.outcome }
        return nil
      }
      #expect(outcome == .finished(Workshop.result))
      let steps = events.compactMap { if case .step(let step) = $0 { step.step } else { nil } }
      #expect(steps == [1, 2, 3])
    }
    let troubles = workshop.log.messages.filter { $0.contains("cannot reach the daemon") }
    #expect(troubles.count == 1, "\(troubles)")
    #expect(workshop.log.messages.contains("notice: the daemon answers again"))
  }

  @Test("when the lease is lost the trainer ends at once, and the slot takes another run")
  func leaseLost() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1), .sample(run: 2)])
    try await workshop.serving(daemon) {
      await daemon.firstReport(of: 1)
      let trainer = try workshop.trainerNumber(of: 1)
      daemon.lose(run: 1)
      await daemon.next {
        if case .ended(let ended) = $0 { Issue.record("an outcome of run \(ended.report.run)") }
        return $0 == .leased(run: 2) ? () : nil
      }
      await waitForEnd(of: trainer)
      await daemon.firstReport(of: 2)
    }
  }

  @Test("when the daemon says stop the trainer ends at once and the run is given back")
  func stop() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    try await workshop.serving(daemon) {
      await daemon.firstReport(of: 1)
      daemon.stop(run: 1)
      #expect(await daemon.nextOutcome() == .released(reason: "the daemon ended the run"))
      await waitForEnd(of: try workshop.trainerNumber(of: 1))
    }
  }

  @Test("a crash and a trainer that nobody knows are failures, and the worker goes on")
  func failures() async throws {
    let workshop = try Workshop(trainer: "echo 'no memory' >&2; exit 9")
    let daemon = try StandInDaemon([.sample(run: 1), .sample(run: 2, trainer: "megatron")])
    try await workshop.serving(daemon) {
      guard case .failed(let crash) = await daemon.nextOutcome() else { fatalError() }
      #expect(crash.kind == .code)
      #expect(crash.message == "exited with code 9; its log ends:\nno memory")
      guard case .failed(let unknown) = await daemon.nextOutcome() else { fatalError() }
      #expect(unknown.kind == .start)
      #expect(unknown.message.contains("--trainer megatron=COMMAND"))
    }
  }

  @Test("a worker that leaves gives its run back before it says good-bye")
  func leaving() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    try await workshop.serving(daemon) { await daemon.firstReport(of: 1) }
    let ended = await daemon.next { if case .ended(let ended) = $0 { ended } else { nil } }
    #expect(ended.outcome == .released(reason: "the worker leaves"))
    #expect(ended.next == nil)
    await daemon.next { if case .left = $0 { () } else { nil } }
    await waitForEnd(of: try workshop.trainerNumber(of: 1))
  }

  @Test("an outcome that an earlier worker could not deliver is delivered by the next one")
  func leftovers() async throws {
    let workshop = try Workshop()
    let lease = Lease.sample(run: 7)
    do {
      let directory = try RunDirectory(for: lease, under: workshop.runs)
      let outbox = Outbox(lease, spool: directory.spool)
      outbox.gather([.finished(Workshop.result)])
      outbox.cut()
      _ = outbox.conclude(.finished(Workshop.result), next: nil)
      let torn = try RunDirectory(for: .sample(run: 8), under: workshop.runs)
      try Data("{\"report\":".utf8).write(to: torn.spool)
    }
    let daemon = try StandInDaemon()
    try await workshop.serving(daemon) {
      #expect(await daemon.nextOutcome() == .finished(Workshop.result))
      // A worker that is stopped before it has the reply rightly keeps the spool.
      for run in [Int64(7), 8] { await waitForEnd(of: workshop.file("spool.jsonl", of: run)) }
    }
  }
}

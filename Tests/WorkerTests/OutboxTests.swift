import Foundation
import Testing
import Wire

@testable import Worker

@Suite("An attempt's outbox")
struct OutboxTests {
  private let event = TrainerEvent.metric(.init(name: "m", value: 1))

  @Test("reports are numbered from 1 and wait in order; a heartbeat is made only when none waits")
  func order() {
    let outbox = Outbox(.sample(run: 4, epoch: 2))
    outbox.cut()
    outbox.cut()
    outbox.gather([event])
    outbox.cut()
    #expect(outbox.oldest == Report(run: 4, epoch: 2, sequence: 1, events: []))
    outbox.delivered()
    #expect(outbox.oldest == Report(run: 4, epoch: 2, sequence: 2, events: [event]))
    outbox.delivered()
    #expect(outbox.oldest == nil)
    outbox.gather([event])
    let last = outbox.conclude(.released(reason: "r"), next: nil)
    #expect(last.report == Report(run: 4, epoch: 2, sequence: 3, events: [event]))
  }

  @Test("what is discarded frees its number")
  func discard() {
    let outbox = Outbox(.sample(run: 4))
    outbox.gather([event])
    outbox.cut()
    outbox.discard()
    #expect(outbox.oldest == nil)
    #expect(outbox.conclude(.released(reason: "r"), next: nil).report.sequence == 1)
  }

  @Test("the spool holds what waits, line by line, up to a torn end, and is locked while in use")
  func spool() throws {
    let workshop = try Workshop()
    let url = workshop.folder.appending(path: "spool.jsonl")
    do {
      let outbox = Outbox(.sample(run: 4), spool: url)
      outbox.gather([event])
      outbox.cut()
      outbox.delivered()
      outbox.gather([event])
      outbox.cut()
      _ = outbox.conclude(.released(reason: "r"), next: nil)
      if SpoolFile(url) != nil { Issue.record("two workers have one spool") }
    }
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"outc".utf8))
    guard let spool = SpoolFile(url) else {
      Issue.record("the lock outlives its owner")
      return
    }
    let entries = spool.entries()
    #expect(entries.count == 2)
    #expect(entries.first == .report(Report(run: 4, epoch: 1, sequence: 2, events: [event])))
  }
}

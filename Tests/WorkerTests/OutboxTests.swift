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
    #expect(
      entries.prefix(2) == [
        .opened(.init(run: 4, epoch: 1, node: nil, delivered: 1)),
        .report(Report(run: 4, epoch: 1, sequence: 2, events: [event])),
      ])
    #expect(entries.count == 3)
  }

  @Test("a report has at most two thousand events, whatever has gathered")
  func reportLimit() {
    let outbox = Outbox(.sample(run: 4))
    outbox.gather(Array(repeating: event, count: 4500))
    outbox.cut()
    var sizes: [Int] = []
    while let report = outbox.oldest {
      #expect(report.sequence == sizes.count + 1)
      sizes.append(report.events.count)
      outbox.delivered()
    }
    #expect(sizes == [2000, 2000, 500])
    outbox.gather(Array(repeating: event, count: 2001))
    let last = outbox.conclude(.released(reason: "r"), next: nil).report
    #expect(last.events.isEmpty && last.sequence == 6)
  }

  @Test("when too much waits further steps are left out, and nothing else is")
  func waitingLimit() {
    let outbox = Outbox(.sample(run: 4), waitingLimit: 3)
    let step = TrainerEvent.step(.init(step: 1, tokens: 1, loss: 1))
    outbox.gather([step, step, step, step, event, step])
    outbox.cut()
    #expect(outbox.oldest?.events == [step, step, step, event])
    outbox.delivered()
    outbox.gather([step])
    outbox.cut()
    #expect(outbox.oldest?.events == [step])
  }

  @Test("a checkpoint is cut into a report at once")
  func checkpoint() {
    let outbox = Outbox(.sample(run: 4))
    let saved = TrainerEvent.checkpoint(.init(step: 1, path: "c/1"))
    outbox.gather([event])
    #expect(outbox.oldest == nil)
    outbox.gather([saved])
    #expect(outbox.oldest?.events == [event, saved])
  }

  @Test("a spool without room keeps the beginning, and is whole again once all is delivered")
  func fullSpool() throws {
    let workshop = try Workshop()
    let url = workshop.folder.appending(path: "spool.jsonl")
    func sequences() throws -> [Int] {
      try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap {
        let entry = try JSONDecoder().decode(SpoolFile.Entry.self, from: Data($0.utf8))
        if case .report(let report) = entry { return report.sequence } else { return nil }
      }
    }
    // Room for the first line and two reports.
    let outbox = Outbox(.sample(run: 4), spool: url, spoolLimit: 300)
    for _ in 1...6 {
      outbox.gather([event])
      outbox.cut()
    }
    let kept = try sequences()
    #expect((1...5).contains(kept.count) && kept == Array(1...kept.count))
    for _ in 1...6 { outbox.delivered() }
    outbox.gather([event])
    outbox.cut()
    #expect(try sequences() == [7])
  }
}

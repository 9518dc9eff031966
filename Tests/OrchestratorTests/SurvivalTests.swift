import Corpus
import Foundation
import Registry
import Testing
import Wire

@Suite("Daemon, workers and trainers outlive each other", .serialized, .timeLimit(.minutes(5)))
struct SurvivalTests {
  private static let started = #"{"event":"started","parameters":10,"active_parameters":5}"#
  private static let finished = #"{"event":"finished","loss":4.5,"tokens":96,"flops":100}"#
  private static let often = ["--checkpoint-minutes", "0", "--checkpoint-steps", "5"]

  private func withSite(
    trainer: String = "native", _ body: (Site) async throws -> Void
  ) async throws {
    let site = try await Site(trainer: trainer)
    do {
      try await body(site)
    } catch {
      Issue.record(error)
    }
    await site.close()
  }

  /// The losses of a run that nobody disturbed.
  private static let undisturbed = Task {
    let site = try await Site()
    _ = try site.worker("alone", ["--checkpoint-minutes", "0"])
    let losses = try await site.finished().losses
    await site.close()
    return losses
  }

  @Test(
    "a run goes on from a shared folder, and from scratch where there is none, to the same bits")
  func folders() async throws {
    for isShared in [true, false] {
      try await withSite { site in
        func options(_ own: String) -> [String] {
          Self.often
            + (isShared
              ? ["--runs-folder", "shared", "--runs", site.folder("common").path]
              : ["--runs", site.folder(own).appending(path: "runs").path])
        }
        let victim = try site.worker("first", options("first"))
        try await site.wait(for: "SELECT run FROM checkpoints")
        victim.signal(SIGKILL)
        _ = try site.worker("second", options("second"))
        let (losses, attempts) = try await site.finished()
        #expect(attempts == ["1 lost", "2 finished"])
        #expect(try await losses == Self.undisturbed.value)
        let resumed = try await site.rows("SELECT first_step > 0 FROM attempt WHERE epoch = 2")
        #expect(resumed == [isShared ? "1" : "0"])
        // Neither worker had the corpus.
        for folder in ["first", "second"] {
          let corpora = try PreparedCorpus.all(in: site.folder(folder))
          #expect(corpora.map(\.manifest.name) == ["words"])
          for corpus in corpora { try corpus.verify() }
        }
      }
    }
  }

  @Test("on SIGTERM a run is saved and given back, and goes on in the same folder to the same bits")
  func leaves() async throws {
    try await withSite { site in
      let first = try site.worker("data", Self.often)
      try await site.wait(for: "SELECT run FROM checkpoints")
      first.signal(SIGTERM)
      #expect(await first.result().code == 0)
      #expect(try await site.rows("SELECT epoch, outcome FROM attempt") == ["1 released"])
      _ = try site.worker("data", Self.often)
      let (losses, attempts) = try await site.finished()
      #expect(attempts == ["1 released", "2 finished"])
      #expect(try await losses == Self.undisturbed.value)
      #expect(
        try await site.rows(
          """
          SELECT later.first_step = checkpoint.step FROM attempt AS later, checkpoint
          WHERE later.epoch = 2 AND checkpoint.epoch = 1
          """) == ["1"])
    }
  }

  @Test("after kill -9 a worker in the same folder goes on at once, before the lease has lapsed")
  func killedWorker() async throws {
    try await withSite { site in
      let victim = try site.worker("data", Self.often)
      try await site.wait(for: "SELECT run FROM checkpoints")
      victim.signal(SIGKILL)
      _ = await victim.result()
      _ = try site.worker("data", Self.often)
      let (losses, attempts) = try await site.finished()
      #expect(attempts == ["1 lost", "2 finished"])
      #expect(try await losses == Self.undisturbed.value)
      #expect(try await site.rows("SELECT first_step > 0 FROM attempt WHERE epoch = 2") == ["1"])
      #expect(
        try await site.rows("SELECT message FROM attempt WHERE epoch = 1")
          == ["its worker was killed"])
    }
  }

  @Test("a daemon that was killed for longer than a lease finds the attempt still going on")
  func daemonAway() async throws {
    try await withSite(trainer: "fake") { site in
      _ = try site.worker(
        "data",
        scripted: """
          echo '\(Self.started)'
          until [ -e go ]; do sleep 0.01; done
          for n in 1 2 3; do echo '{"event":"step","step":'$n',"tokens":'$((32*n))',"loss":5}'; done
          echo '\(Self.finished)'
          """)
      try await site.wait(for: "SELECT 1 FROM attempt WHERE started_at IS NOT NULL")
      await site.killDaemon()
      let registry = try Registry.openReadOnly(site.laboratory.registry.path)
      let expiry = try await registry.nextExpiry()
      try registry.close()
      let lapse = Date(timeIntervalSince1970: Double(try #require(expiry)) / 1000)
      try await ContinuousClock().sleep(for: .seconds(max(0, lapse.timeIntervalSinceNow) + 0.1))
      // The trainer goes on, and ends, while nobody is there to hear it.
      try Data().write(to: site.folder("data/runs/1/1/go"))
      let spool = site.folder("data/runs/1/1/spool.jsonl")
      while try !String(contentsOf: spool, encoding: .utf8).contains(#"{"outcome":"#) {
        await Task.yield()
      }
      try await site.restartDaemon()
      #expect(try await site.finished().attempts == ["1 finished"])
      #expect(
        try await site.rows("SELECT step FROM losses WHERE metric = 'loss'") == ["1", "2", "3"])
    }
  }

  @Test(
    "a worker that was stopped past its lease finds it taken: its trainers end, nothing is told twice"
  )
  func stopped() async throws {
    try await withSite(trainer: "fake") { site in
      let sleeper = try site.worker(
        "first",
        scripted: """
          trap '' TERM
          sh -c 'trap "" TERM; sleep 1000 & echo $! > grandchild; wait' &
          until [ -s grandchild ]; do sleep 0.01; done
          echo '\(Self.started)'
          while :; do echo '{"event":"metric","name":"m","value":1,"step":1}'; sleep 0.05; done
          """)
      try await site.wait(for: "SELECT 1 FROM attempt WHERE started_at IS NOT NULL")
      let text = try String(
        contentsOf: site.folder("first/runs/1/1/grandchild"), encoding: .utf8)
      let grandchild = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      sleeper.signal(SIGSTOP)
      _ = try site.worker(
        "second", scripted: "echo '\(Self.started)'; echo '\(Self.finished)'")
      #expect(try await site.finished().attempts == ["1 lost", "2 finished"])
      let events = "SELECT count(*) FROM event"
      let before = try await site.rows(events)
      #expect(kill(grandchild, 0) == 0)
      sleeper.signal(SIGCONT)
      #expect(await sleeper.line(containing: "the lease is lost") != nil)
      while kill(grandchild, 0) == 0 { await Task.yield() }
      #expect(try await site.rows(events) == before)
      #expect(try await site.finished().attempts == ["1 lost", "2 finished"])
    }
  }
}

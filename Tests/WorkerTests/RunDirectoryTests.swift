import Experiment
import Foundation
import Testing
import Wire

@testable import Worker

@Suite("Run directories", .timeLimit(.minutes(1)))
struct RunDirectoryTests {
  /// The folder of an attempt at run 1 with something to resume from.
  private func attempt(_ epoch: Int, seed: UInt64 = 1, in workshop: Workshop) throws -> RunDirectory
  {
    var lease = Lease.sample(run: 1, epoch: epoch)
    lease.spec.seed = seed
    let directory = try RunDirectory(for: lease, under: workshop.runs)
    let checkpoint = workshop.file("checkpoints/5.safetensors", of: 1, epoch: epoch)
    try FileManager.default.createDirectory(
      at: checkpoint.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data().write(to: checkpoint)
    return directory
  }

  private func hasCheckpoints(_ epoch: Int, in workshop: Workshop) -> Bool {
    FileManager.default.fileExists(
      atPath: workshop.file("checkpoints", of: 1, epoch: epoch).path)
  }

  @Test("an attempt knows the earlier ones at the same run, the newest first")
  func earlier() throws {
    let workshop = try Workshop()
    #expect(try attempt(2, in: workshop).earlier() == [])
    _ = try attempt(10, in: workshop)
    // Another daemon's run of the same number.
    _ = try attempt(11, seed: 2, in: workshop)
    try Data().write(to: workshop.runs.appending(path: "1/notes"))
    let directory = try attempt(12, in: workshop)
    #expect(directory.earlier() == ["../10", "../2"])
    // The daemon says which of them count.
    #expect(directory.earlier(of: [11, 2, 1]) == ["../2"])
    #expect(directory.earlier(of: []) == [])
    #expect(RunDirectory(run: 5, epoch: 1, under: workshop.runs).earlier() == [])
  }

  @Test("checkpoints are kept while the run may go on, and go when it has ended")
  func clear() throws {
    let workshop = try Workshop()
    _ = try attempt(1, in: workshop)
    _ = try attempt(2, seed: 2, in: workshop)
    let directory = try attempt(3, in: workshop)
    directory.clear(after: .released(reason: "leaving"))
    directory.clear(after: .failed(.init(kind: .code, message: "exit 1")))
    #expect([1, 2, 3].allSatisfy { hasCheckpoints($0, in: workshop) })
    directory.clear(after: .finished(Workshop.result))
    #expect([1, 2, 3].filter { hasCheckpoints($0, in: workshop) } == [2])
  }

  @Test("a trainer is told of earlier attempts, and what they left goes with its outcome")
  func told() async throws {
    let workshop = try Workshop(
      trainer: """
        echo "$ORCHESTRATOR_EARLIER_ATTEMPTS" > told
        ls $ORCHESTRATOR_EARLIER_ATTEMPTS/checkpoints >> told
        \(Workshop.wellBehaved)
        """)
    _ = try attempt(3, in: workshop)
    let daemon = try StandInDaemon([.sample(run: 1, epoch: 4)])
    try await workshop.serving(daemon) {
      #expect(await daemon.nextOutcome() == .finished(Workshop.result))
    }
    #expect(
      try String(contentsOf: workshop.file("told", of: 1, epoch: 4), encoding: .utf8)
        == "../3\n5.safetensors\n")
    #expect(!hasCheckpoints(3, in: workshop))
  }

  @Test("a trainer that saves itself and exits 75 gives its run back, its checkpoint stays")
  func saved() async throws {
    let workshop = try Workshop(
      trainer: """
        trap 'mkdir checkpoints; touch checkpoints/7; exit 75' TERM
        echo '\(Workshop.started)'
        while :; do sleep 0.01; done
        """)
    let daemon = try StandInDaemon([.sample(run: 1)])
    try await workshop.serving(daemon, grace: .seconds(30)) { await daemon.firstReport(of: 1) }
    #expect(await daemon.nextOutcome() == .released(reason: "the worker leaves"))
    #expect(hasCheckpoints(1, in: workshop))
  }
}

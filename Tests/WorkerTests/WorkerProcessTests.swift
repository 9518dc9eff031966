import Foundation
import Glibc
import Testing
import Wire

@testable import Worker

@Suite("The worker program", .timeLimit(.minutes(1)))
struct WorkerProcessTests {
  /// The program under test with its standard error, and its exit code once it has ended.
  private final class Program {
    let process = Process()
    let complaints = Pipe()
    private let exits: AsyncStream<Int32>

    init(_ arguments: [String], input: Pipe? = nil) throws {
      process.executableURL = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "worker")
      process.arguments = arguments
      process.standardError = complaints
      process.standardOutput = Pipe()
      process.standardInput = input
      let (exits, exited) = AsyncStream.makeStream(of: Int32.self)
      self.exits = exits
      process.terminationHandler = {
        exited.yield($0.terminationStatus)
        exited.finish()
      }
      try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func exitCode() async -> Int32 {
      for await code in exits { return code }
      fatalError("asked twice")
    }
  }

  private func arguments(_ workshop: Workshop, _ daemon: StandInDaemon) -> [String] {
    [
      "--connect", daemon.address, "--data", workshop.folder.path, "--runs", workshop.runs.path,
      "--trainer", workshop.definition, "--grace", "0.1",
    ]
  }

  @Test(
    "SIGTERM and SIGINT: the run is given back, the worker says good-bye and exits 0",
    arguments: [SIGTERM, SIGINT])
  func leaves(signal: Int32) async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    let program = try Program(arguments(workshop, daemon))
    await daemon.firstReport(of: 1)
    kill(program.process.processIdentifier, signal)
    #expect(await daemon.nextOutcome() == .released(reason: "the worker leaves"))
    await daemon.next { if case .left = $0 { () } else { nil } }
    #expect(await program.exitCode() == 0)
    await waitForEnd(of: try workshop.trainerNumber(of: 1))
  }

  @Test("a worker that waits for a run leaves at once, and so does one that finds no daemon")
  func leavesIdle() async throws {
    let workshop = try Workshop()
    let daemon = try StandInDaemon()
    let idle = try Program(arguments(workshop, daemon))
    await daemon.next { if case .registered = $0 { () } else { nil } }
    kill(idle.process.processIdentifier, SIGTERM)
    #expect(await idle.exitCode() == 0)
    let lonely = try Program(["--connect", "unix:/no/socket", "--data", workshop.folder.path])
    let handle = lonely.complaints.fileHandleForReading
    let complaint = String(decoding: handle.availableData, as: UTF8.self)
    #expect(complaint.contains("cannot reach the daemon"))
    kill(lonely.process.processIdentifier, SIGTERM)
    #expect(await lonely.exitCode() == 0)
  }

  @Test("when its parent's pipe closes it leaves as on SIGTERM")
  func inputEnds() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    let input = Pipe()
    let program = try Program(arguments(workshop, daemon) + ["--until-stdin-closes"], input: input)
    await daemon.firstReport(of: 1)
    try input.fileHandleForWriting.close()
    #expect(await daemon.nextOutcome() == .released(reason: "the worker leaves"))
    #expect(await program.exitCode() == 0)
  }

  @Test("kill -9 of the worker ends its trainer too")
  func killed() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    let program = try Program(arguments(workshop, daemon))
    await daemon.firstReport(of: 1)
    let trainer = try workshop.trainerNumber(of: 1)
    kill(program.process.processIdentifier, SIGKILL)
    await waitForEnd(of: trainer)
  }

  @Test("a second SIGTERM ends everything at once, whatever a trainer's grace is")
  func impatient() async throws {
    let workshop = try Workshop(trainer: Workshop.endless)
    let daemon = try StandInDaemon([.sample(run: 1)])
    let program = try Program(
      ["--grace", "1000"] + arguments(workshop, daemon).dropLast(2))
    await daemon.firstReport(of: 1)
    let trainer = try workshop.trainerNumber(of: 1)
    kill(program.process.processIdentifier, SIGTERM)
    // Two that arrive at once are one signal: the second is sent when the first was noticed.
    let words = program.complaints.fileHandleForReading
    while !String(decoding: words.availableData, as: UTF8.self).contains("asked to leave") {}
    kill(program.process.processIdentifier, SIGTERM)
    #expect(await program.exitCode() == 130)
    await waitForEnd(of: trainer)
  }

  @Test("a wrong command line exits 64 and says what would be right")
  func usage() async throws {
    for (arguments, words) in [
      (["--connect", "localhost"], "http://HOST:PORT"), (["--slots", "0"], "1 to 1024"),
      (["--grace=-1"], "0 or more"),
      (["--orphan-limit=-1"], "0 or more"), (["--runs-folder", "nfs"], "shared"),
    ] {
      let program = try Program(arguments)
      #expect(await program.exitCode() == 64)
      let handle = program.complaints.fileHandleForReading
      #expect(String(decoding: handle.availableData, as: UTF8.self).contains(words))
    }
  }

  @Test("the native trainer says what it misses")
  func nativeTrainer() async throws {
    let workshop = try Workshop()
    let daemon = try StandInDaemon([.sample(run: 1, trainer: "native")])
    let program = try Program(arguments(workshop, daemon))
    guard case .failed(let failure) = await daemon.nextOutcome() else { fatalError() }
    #expect(failure.kind == .code)
    #expect(failure.message.contains("exited with code 66"), "\(failure.message)")
    kill(program.process.processIdentifier, SIGTERM)
    #expect(await program.exitCode() == 0)
  }
}

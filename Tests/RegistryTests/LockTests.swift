import Foundation
import Testing

@testable import Registry

@Suite("One process writes, and the kernel sees to it")
struct LockTests {
  @Test("the lock is free again when the registry is gone, and the file reads without it")
  func released() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "registry.db").path
    for _ in 1...2 {
      let registry = try Registry.open(path)
      let refusal = RegistryError.locked(path: path + ".lock", process: Int(getpid()))
      #expect(throws: refusal) { try Registry.open(path) }
      try registry.close()
    }
    let reader = try Registry.openReadOnly(path)
    #expect(try await reader.lastSequence() == 0)
  }

  @Test("another program that holds the lock keeps the registry out until it is killed")
  func foreign() async throws {
    let ledger = try await Ledger()
    let path = ledger.folder.appending(path: "other.db").path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/flock")
    process.arguments = ["-F", path + ".lock", "sh", "-c", "echo held; exec cat"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    let (events, happened) = AsyncStream.makeStream(of: String.self)
    output.fileHandleForReading.readabilityHandler = {
      let text = String(decoding: $0.availableData, as: UTF8.self)
      if !text.isEmpty { happened.yield(text) }
    }
    process.terminationHandler = { _ in happened.yield("ended") }
    try process.run()
    // It says so once it has the lock; `cat` then waits for the end of its input.
    var event = events.makeAsyncIterator()
    #expect(await event.next() == "held\n")
    #expect(throws: RegistryError.self) { try Registry.open(path) }
    #expect(!FileManager.default.fileExists(atPath: path), "nothing was made before the refusal")
    kill(process.processIdentifier, SIGKILL)
    #expect(await event.next() == "ended")
    output.fileHandleForReading.readabilityHandler = nil
    try Registry.open(path).close()
  }
}

import Client
import Foundation
import Registry
import Testing
import Wire

@Suite(
  "A disk that is full or read-only", .serialized, .timeLimit(.minutes(2)),
  .enabled(if: PrivateMount.isAllowed, "this user may not mount"))
struct DiskTests {
  private static func steps(_ sequence: Int) -> Report {
    Report(
      run: 1, epoch: 1, sequence: sequence,
      events: (0..<900).map {
        let step = 900 * (sequence - 1) + $0 + 1
        return .step(.init(step: step, tokens: step, loss: 1 / Double(step), lr: 0.1))
      })
  }

  private func refusal<Reply>(
    _ body: () async throws(ClientError) -> Reply
  ) async -> APIError.Code? {
    do {
      _ = try await body()
      return nil
    } catch {
      if case .api(let refusal) = error { return refusal.code }
      return nil
    }
  }

  @Test("full: what is answered is kept, nothing is leased, and all goes on when there is room")
  func full() async throws {
    let laboratory = try Laboratory()
    let place = laboratory.folder.appending(path: "disk")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let disk = PrivateMount.disk(at: place, bytes: 4 << 20)
    let daemon = try disk.start(
      "orchestrator",
      [
        "serve", "--port", "0", "--data", laboratory.folder.path, "--registry",
        place.appending(path: "registry.db").path,
      ])
    defer { daemon.signal(SIGKILL) }
    let line = try #require(await daemon.line(containing: "serving"))
    let url = String(try #require(line.split(separator: " ").last))
    let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
    _ = try await client.submit(Submission(text: Laboratory.grid, file: "g", dryRun: false))
    _ = try await client.register(
      WorkerRegistration(id: "w", host: "here", pid: 1, slots: 8, version: "0"))
    let lease = try #require(
      try await client.lease(LeaseRequest(worker: "w", request: "w/1")).lease)
    #expect(lease.run == 1 && lease.epoch == 1)

    let filler = disk.url(in: daemon).appending(path: "filler")
    #expect(throws: CocoaError.self) { try Data(count: 8 << 20).write(to: filler) }
    _ = FileManager.default.createFile(atPath: filler.path, contents: nil)
    let file = try FileHandle(forWritingTo: filler)
    while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
    try file.close()
    var sequence = 1
    var code: APIError.Code?
    while sequence < 200 {
      code = await refusal { () throws(ClientError) in
        try await client.report(Self.steps(sequence))
      }
      if code != nil { break }
      sequence += 1
    }
    #expect(code == .unavailable)
    #expect(
      await refusal { () throws(ClientError) in
        try await client.lease(LeaseRequest(worker: "w", request: "w/2"))
      } == .unavailable)
    #expect(
      await refusal { () throws(ClientError) in try await client.status() } == nil,
      "reading goes on")

    try FileManager.default.removeItem(at: filler)
    #expect(try await client.report(Self.steps(sequence)).directive == .continue)
    #expect(try await client.lease(LeaseRequest(worker: "w", request: "w/2")).lease?.run == 2)
    let curve: Series = try await client.get("/v1/runs/1/series/loss")
    #expect(curve.steps == Array(1...(900 * sequence)))
    // Nothing is written now: the two files are a registry, elsewhere too.
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        at: disk.url(in: daemon).appending(path: "registry.db\(suffix)"),
        to: laboratory.folder.appending(path: "copy.db\(suffix)"))
    }
    let check = try Program(
      "orchestrator",
      [
        "check", "--data", laboratory.folder.path, "--registry",
        laboratory.folder.appending(path: "copy.db").path,
      ])
    let problems = await check.errors()
    let (checked, output) = await check.result()
    #expect(checked == 0, "\(output)\(problems)")
    daemon.signal(SIGTERM)
    #expect(await daemon.result().code == 0)
  }

  @Test("read-only: daemon and worker say so and leave, and nothing has changed")
  func readOnly() async throws {
    let laboratory = try Laboratory()
    let registry = laboratory.folder.appending(path: "registry.db")
    try Registry.open(registry.path).close()
    let before = try Data(contentsOf: registry)
    let disk = PrivateMount.readOnly(laboratory.folder)
    let daemon = try disk.start(
      "orchestrator", ["serve", "--port", "0", "--data", laboratory.folder.path])
    #expect(await daemon.errors().contains("Read-only file system"))
    #expect(await daemon.result().code == 1)
    let worker = try disk.start(
      "worker", ["--connect", "http://127.0.0.1:1", "--data", laboratory.folder.path])
    let words = await worker.errors()
    #expect(words.contains("cannot make the folder") && words.contains("read only"), "\(words)")
    #expect(await worker.result().code == 1)
    #expect(try Data(contentsOf: registry) == before)
  }
}

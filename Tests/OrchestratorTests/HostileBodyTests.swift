import Client
import Foundation
import Mutants
import Registry
import Testing
import Wire

@testable import Orchestrator

@Suite("A daemon that is sent broken bodies")
struct HostileBodyTests {
  @Test("answers each with a refusal or a result, and its registry stays sound")
  func bodies() async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(DaemonSettings(data: laboratory.folder)) { url, registry in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      _ = try await client.submit(
        Submission(text: Laboratory.grid, file: "grid.yaml", dryRun: false))
      _ = try await client.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 8, version: "0"))
      _ = try await client.lease(LeaseRequest(worker: "w", request: "w/1"))
      let web = WebClient()
      var statuses: [Int: Int] = [:]
      for operation in OpenAPI.operations where operation.method == .post {
        guard let body = operation.request, !body.isText else { continue }
        // The examples are of another worker and other runs.
        let sample = body.example.replacing("node7-1a2b3c4d", with: "w")
          .replacing("\"run\": 17", with: "\"run\": 1").replacing(
            "\"epoch\": 2", with: "\"epoch\": 1"
          )
          .replacing("\"wait_seconds\": 20", with: "\"wait_seconds\": 0")
        var mutants = Mutants(of: [Data(sample.utf8)], seed: 1)
        for number in 0..<60 {
          let mutant = number == 0 ? Data(sample.utf8) : mutants.next()
          let reply = try await web.post("\(url)\(operation.path)", body: mutant)
          statuses[reply.status, default: 0] += 1
          #expect(
            (200..<500).contains(reply.status),
            "\(operation.name): \(reply) to \(String(decoding: mutant, as: UTF8.self))")
        }
      }
      #expect(statuses[200, default: 0] > 10 && statuses[400, default: 0] > 300, "\(statuses)")
      let inspection = try await registry.inspect()
      #expect(inspection.isSound, "\(inspection.violations)")
    }
  }
}

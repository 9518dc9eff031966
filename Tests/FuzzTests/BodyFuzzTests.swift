import Foundation
import Mutants
import Supervision
import Testing
import Wire

@Suite("What programs say is decoded or refused, however broken")
struct BodyFuzzTests {
  /// The request bodies of the HTTP interface: a decoder for each route that takes one.
  static let bodies: [String: @Sendable (Data) throws -> Fuzzing] = [
    "put /v1/workers/{id}": { try fuzz(WorkerRegistration.self, $0) },
    "post /v1/leases": { try fuzz(LeaseRequest.self, $0) },
    "post /v1/reports": { try fuzz(Report.self, $0) },
    "post /v1/outcomes": { try fuzz(OutcomeReport.self, $0) },
    "post /v1/checkpoints/expired": { try fuzz(KeptCheckpoints.self, $0) },
    "post /v1/grids": { try fuzz(Submission.self, $0) },
    "post /v1/imports": { try fuzz(ImportRequest.self, $0) },
    "post /v1/laws": { try fuzz(LawSubmission.self, $0) },
    "post /v1/cancel": { try fuzz(CancelRequest.self, $0) },
    "post /v1/retry": { try fuzz(RetryRequest.self, $0) },
    "post /v1/pause": { try fuzz(PauseRequest.self, $0) },
    "post /v1/resume": { try fuzz(PauseRequest.self, $0) },
    "put /v1/studies/{study}": { try fuzz(StudyChange.self, $0) },
    "post /v1/sql": { try fuzz(SQLQuery.self, $0) },
    "post /v1/evaluations": { try fuzz(EvaluationSubmission.self, $0) },
    "post /v1/tokens": { try fuzz(TokenRequest.self, $0) },
    "post /v1/webhooks": { try fuzz(WebhookRequest.self, $0) },
  ]

  /// The examples of the OpenAPI document, by method and path.
  static func examples() throws -> [String: Data] {
    let document = try JSONSerialization.jsonObject(with: Checkout.data("docs/openapi.json"))
    var examples: [String: Data] = [:]
    let paths = (document as? [String: Any])?["paths"] as? [String: [String: Any]] ?? [:]
    for (path, methods) in paths {
      for (method, operation) in methods {
        let request = (operation as? [String: Any])?["requestBody"] as? [String: Any]
        let content = request?["content"] as? [String: [String: Any]]
        guard let example = content?["application/json"]?["example"] else { continue }
        examples["\(method) \(path)"] = try JSONSerialization.data(withJSONObject: example)
      }
    }
    return examples
  }

  private static func fuzz<Body: Codable & Equatable>(
    _ type: Body.Type, _ sample: Data
  ) throws -> Fuzzing {
    Fuzzing([sample], count: 150) { data in
      try JSONDecoder().decode(type, from: data)
    } again: { body in
      try JSONDecoder().decode(type, from: JSONEncoder().encode(body))
    } isRefusal: {
      $0 is DecodingError
    }
  }

  @Test("every route that takes a body is tried")
  func coverage() throws {
    #expect(try Set(Self.examples().keys) == Set(Self.bodies.keys))
  }

  @Test("request bodies", arguments: bodies.keys.sorted())
  func body(route: String) throws {
    let example = try #require(try Self.examples()[route])
    let fuzz = try #require(Self.bodies[route])
    let fuzzing = try fuzz(example)
    #expect(fuzzing.findings == [])
    #expect(fuzzing.refused > 50)
  }

  @Test("a trainer's output, in pieces of any length")
  func output() throws {
    let lines = [
      #"{"event":"started","parameters":4,"active_parameters":4,"first_step":2,"environment":{"isa":"x"}}"#,
      #"{"event":"step","step":1,"tokens":8,"loss":5.9,"lr":0.1,"grad_norm":1,"balance":{"max_over_mean":1.5,"dropped":0}}"#,
      #"{"event":"eval","step":1,"split":"validation","loss":4.75,"bits_per_byte":2.5}"#,
      #"{"event":"checkpoint","step":1,"path":"checkpoints/1"}"#,
      #"{"event":"metric","name":"piqa","value":0.5,"step":3}"#,
      #"{"event":"warning","step":3,"kind":"dead_experts","message":"two of 8"}"#,
      #"{"event":"diverged","step":3,"reason":"not a number"}"#,
      #"{"event":"finished","loss":4.5,"tokens":96,"flops":100}"#,
    ]
    let samples = lines.map { Data("\($0)\n".utf8) }
    let fuzzing = Fuzzing(samples, count: 600) { data in
      try Self.parse(data, piece: data.count)
    } again: { events in
      // The same in small pieces; and what was read is said and read again.
      var data = Data()
      for event in events { data += try JSONEncoder().encode(event) + Data("\n".utf8) }
      return try Self.parse(data, piece: 7)
    } isRefusal: {
      $0 is ProtocolViolation
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 20 && fuzzing.refused > 100)
  }

  private static func parse(_ data: Data, piece: Int) throws -> [TrainerEvent] {
    var parser = TrainerEventParser()
    var events: [TrainerEvent] = []
    for start in stride(from: 0, to: data.count, by: max(1, piece)) {
      let parsed = parser.feed(data[start..<min(data.count, start + piece)])
      events += parsed.events
      if let violation = parsed.violation { throw violation }
    }
    return events + parser.finish().events
  }
}

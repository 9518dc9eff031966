import Foundation
import Testing

@testable import Wire

@Suite("Trainer events")
struct TrainerEventTests {
  @Test("each event is one JSON object whose `event` names it, and decodes to itself")
  func roundTrip() throws {
    let events: [TrainerEvent] = [
      .started(.init(parameters: 10, activeParameters: 5, environment: ["isa": "avx512"])),
      .step(
        .init(step: 1, tokens: 8, loss: 5.9, lr: 0.1, gradNorm: 1, balance: .init(maxOverMean: 1.4))
      ),
      .eval(.init(step: 1, split: "validation", loss: 4.8, bitsPerByte: 2.6)),
      .checkpoint(.init(step: 1, path: "checkpoints/1")),
      .metric(.init(name: "hellaswag", value: 0.3)),
      .warning(.init(step: 3, kind: "dead_experts", message: "block 1: 2 of 8")),
      .finished(.init(loss: 4.7, tokens: 8, flops: 1e9)),
      .diverged(.init(step: 3, reason: "loss is not a number")),
    ]
    for event in events {
      let data = try JSONEncoder().encode(event)
      #expect(try JSONDecoder().decode(TrainerEvent.self, from: data) == event)
    }
  }

  @Test("a trainer may leave out what is optional")
  func optional() throws {
    let line = #"{"event":"started","parameters":4,"active_parameters":4}"#
    let event = try JSONDecoder().decode(TrainerEvent.self, from: Data(line.utf8))
    #expect(event == .started(.init(parameters: 4, activeParameters: 4)))
    let step = #"{"event":"step","step":1,"tokens":8,"loss":5,"balance":{"max_over_mean":1.5}}"#
    #expect(
      try JSONDecoder().decode(TrainerEvent.self, from: Data(step.utf8))
        == .step(.init(step: 1, tokens: 8, loss: 5, balance: .init(maxOverMean: 1.5))))
  }

  @Test("a trainer says in `started` that it can be asked for checkpoints")
  func checkpointsOnRequest() throws {
    let line =
      #"{"event":"started","parameters":4,"active_parameters":4,"checkpoints_on_request":true}"#
    let event = try JSONDecoder().decode(TrainerEvent.self, from: Data(line.utf8))
    #expect(
      event == .started(.init(parameters: 4, activeParameters: 4, checkpointsOnRequest: true)))
  }
}

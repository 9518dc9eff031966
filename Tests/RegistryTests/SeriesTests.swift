import Testing
import Wire

@testable import Registry

@Suite("A series of numbers reads back as it was measured")
struct SeriesTests {
  @Test("chunk text keeps every finite number to the bit")
  func text() throws {
    var dice = Dice(state: 7)
    let edges: [Double] = [
      0, -0.0, 1, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .leastNormalMagnitude,
      1e16, 1e-5,
    ]
    for _ in 0..<200 {
      let random = (0..<20).map { _ in Double(bitPattern: dice.next()) }.filter(\.isFinite)
      let numbers = edges + random
      let back = try ChunkText.doubles(ChunkText.encode(numbers))
      #expect(back.map(\.bitPattern) == numbers.map(\.bitPattern))
      let integers = random.map { Int(truncatingIfNeeded: $0.bitPattern) }
      #expect(try ChunkText.integers(ChunkText.encode(integers)) == integers)
      let some = integers.map { $0 % 3 == 0 ? nil : $0 }
      #expect(try ChunkText.optionalIntegers(ChunkText.encode(some)) == some)
    }
    #expect(ChunkText.encode([6.25, 0.1, 3]) == "[6.25,0.1,3.0]")
    #expect(ChunkText.encode([128, nil] as [Int?]) == "[128,null]")
  }

  @Test("text that is no array of numbers is refused", arguments: ["", "[", "1,2", "[1,]", "[x]"])
  func malformed(text: String) {
    #expect(throws: RegistryError.self) { try ChunkText.doubles(text) }
  }

  @Test("a chunk is sealed at a thousand points, and what is left when the attempt ends")
  func sealing() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    let events = (1...2345).map { TrainerEvent.step(.init(step: $0, tokens: $0, loss: 1)) }
    _ = try await ledger.report(lease.run, epoch: 1, Array(events.prefix(900)))
    _ = try await ledger.report(lease.run, epoch: 1, sequence: 2, Array(events.dropFirst(900)))
    let chunks = "SELECT points, sealed FROM loss_chunk WHERE metric = 'loss' ORDER BY first_step"
    #expect(try await ledger.rows(chunks) == [["1000", "1"], ["1000", "1"], ["345", "0"]])
    try await ledger.end(lease.run, epoch: 1, sequence: 3, Ledger.finished)
    #expect(try await ledger.rows(chunks) == [["1000", "1"], ["1000", "1"], ["345", "1"]])
  }

  @Test("each event's numbers have their names; a metric without a step has the last one")
  func names() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    _ = try await ledger.report(
      lease.run, epoch: 1,
      [
        .started(.init(parameters: 1, activeParameters: 1)),
        .step(
          .init(
            step: 5, tokens: 50, loss: 6, lr: 0.1, gradNorm: 0.5,
            balance: .init(maxOverMean: 1.5))),
        .eval(.init(step: 5, split: "validation", loss: 7, bitsPerByte: 3)),
        .eval(.init(step: 5, split: "code", loss: 8)),
        .metric(.init(name: "hellaswag", value: 0.25)),
        .checkpoint(.init(step: 5, path: "checkpoints/5")),
      ])
    _ = try await ledger.report(
      lease.run, epoch: 1, sequence: 2, [.metric(.init(name: "piqa", value: 0.5))])
    #expect(
      try await ledger.rows("SELECT metric, step, value FROM metrics ORDER BY metric") == [
        ["bits_per_byte", "5", "3.0"], ["code_loss", "5", "8.0"], ["grad_norm", "5", "0.5"],
        ["hellaswag", "5", "0.25"], ["loss", "5", "6.0"], ["lr", "5", "0.1"],
        ["max_over_mean", "5", "1.5"], ["piqa", "5", "0.5"], ["validation_loss", "5", "7.0"],
      ])
    #expect(
      try await ledger.registry.run(lease.run).metrics.first { $0.metric == "loss" }
        == .init(metric: "loss", step: 5, value: 6))
    let row = try #require(try await ledger.registry.runs(RunFilter()).first)
    #expect(row.step == 5 && row.steps == 100 && row.loss == 6 && row.point == "A=1/4")
  }

  @Test("over attempts that resume and begin again, each step stands once, by view and by method")
  func attempts() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    // Each attempt's checkpoint, and the steps that it came to; the loss is the attempt's number.
    let attempts = [
      (first: 0, steps: 0...30), (first: 20, steps: 20...50), (first: 40, steps: 41...45),
    ]
    let curves = [
      Array(repeating: 1.0, count: 31),
      Array(repeating: 1, count: 21) + Array(repeating: 2, count: 30),
      Array(repeating: 1, count: 21) + Array(repeating: 2, count: 20)
        + Array(repeating: 3, count: 5),
      [4, 4, 4],
    ]
    for (attempt, curve) in zip(attempts + [(first: 0, steps: 0...2)], curves) {
      let lease = try #require(try await ledger.leaseNext())
      let start = TrainerEvent.started(
        .init(parameters: 1, activeParameters: 1, firstStep: attempt.first))
      let events = attempt.steps.map {
        TrainerEvent.step(.init(step: $0, tokens: 8 * $0, loss: Double(lease.epoch)))
      }
      _ = try await ledger.report(lease.run, epoch: lease.epoch, [start] + events)
      let series = try await ledger.registry.series(run: lease.run, metric: "loss")
      #expect(series.values == curve)
      #expect(series.steps == Array(0..<curve.count))
      #expect(
        try await ledger.rows("SELECT step, tokens, loss FROM losses ORDER BY step")
          == zip(series.steps, zip(series.tokens, series.values)).map {
            ["\($0)", "\($1.0 ?? -1)", "\($1.1)"]
          })
      _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
      try await ledger.register()
    }
  }
  @Test("what an attempt took along when it died is filled in by the one that says it again")
  func saidAgain() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    // The first came to its checkpoint at step 20, and was heard up to step 10.
    for (first, steps) in [(0, 1...10), (20, 1...25)] {
      let lease = try #require(try await ledger.leaseNext())
      let start = TrainerEvent.started(
        .init(parameters: 1, activeParameters: 1, firstStep: first))
      let events = steps.map {
        TrainerEvent.step(.init(step: $0, tokens: 8 * $0, loss: Double(lease.epoch)))
      }
      _ = try await ledger.report(lease.run, epoch: lease.epoch, [start] + events)
      _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
      try await ledger.register()
    }
    #expect(
      try await ledger.rows("SELECT step, loss FROM losses ORDER BY step")
        == (1...25).map { ["\($0)", $0 <= 10 ? "1.0" : "2.0"] })
  }

  @Test("an attempt that passes over one that began from scratch elsewhere leaves no gap behind it")
  func passedOver() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    // The third could not read the checkpoints of the others, and the fourth not those of the third.
    for (first, steps) in [(0, 0...30), (20, 0...50), (0, 0...5), (40, 0...45)] {
      let lease = try #require(try await ledger.leaseNext())
      let start = TrainerEvent.started(
        .init(parameters: 1, activeParameters: 1, firstStep: first))
      let events = steps.map {
        TrainerEvent.step(.init(step: $0, tokens: 8 * $0, loss: Double(lease.epoch)))
      }
      _ = try await ledger.report(lease.run, epoch: lease.epoch, [start] + events)
      _ = try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
      try await ledger.register()
    }
    #expect(
      try await ledger.rows("SELECT step, loss FROM losses ORDER BY step")
        == (0...45).map { ["\($0)", $0 <= 5 ? "3.0" : "4.0"] })
    #expect(try await ledger.registry.inspect().isSound)
  }
}

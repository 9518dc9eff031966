import Experiment
import Testing
import Wire

@testable import Trainer

@Suite("The balance of a run's routers, while it goes on")
struct BalanceWatchTests {
  private func warnings(_ events: [TrainerEvent]) -> [TrainerEvent.Warning] {
    events.compactMap { if case .warning(let warning) = $0 { warning } else { nil } }
  }

  private func metrics(_ events: [TrainerEvent]) -> [TrainerEvent.Metric] {
    events.compactMap { if case .metric(let metric) = $0 { metric } else { nil } }
  }

  @Test("each window tells of its own steps alone, of all blocks and of each")
  func windows() {
    var watch = BalanceWatch(layers: 2, experts: 4)
    watch.add([[4, 0, 0, 0], [1, 1, 1, 1]])
    watch.add([[0, 4, 0, 0], [1, 1, 1, 1]])
    let first = metrics(watch.close(after: 2, firstBlock: 1))
    #expect(
      first == [
        .init(name: "router_max_over_mean", value: 1.5, step: 2),
        .init(name: "router_dead_experts", value: 2, step: 2),
        .init(name: "1.router_max_over_mean", value: 2, step: 2),
        .init(name: "1.router_dead_share", value: 0.5, step: 2),
        .init(name: "2.router_max_over_mean", value: 1, step: 2),
        .init(name: "2.router_dead_share", value: 0, step: 2),
      ])
    watch.add([[2, 2, 2, 2], [2, 2, 2, 2]])
    #expect(metrics(watch.close(after: 4, firstBlock: 1)).map(\.value) == [1, 0, 1, 0, 1, 0])
  }

  @Test("dead experts are warned of when they become more, and not again while they stay")
  func warning() {
    var watch = BalanceWatch(layers: 2, experts: 4)
    func close(after step: Int, _ loads: [[Int]]) -> [TrainerEvent.Warning] {
      watch.add(loads)
      return warnings(watch.close(after: step, firstBlock: 3))
    }
    #expect(close(after: 5, [[1, 1, 1, 1], [1, 1, 1, 1]]).isEmpty)
    #expect(
      close(after: 10, [[4, 0, 0, 0], [1, 1, 1, 1]]) == [
        .init(
          step: 10, kind: "dead_experts",
          message: "experts without a token in steps 6 to 10: block 3: 3 of 4")
      ])
    #expect(close(after: 15, [[4, 0, 0, 0], [1, 1, 1, 1]]).isEmpty)
    #expect(close(after: 20, [[2, 2, 0, 0], [1, 1, 1, 1]]).isEmpty)
    #expect(
      close(after: 25, [[2, 2, 0, 0], [0, 2, 1, 1]]).map(\.message) == [
        "experts without a token in steps 21 to 25: block 3: 2 of 4, block 4: 1 of 4"
      ])
  }

  @Test("a run tells of it twenty times, at its end too, and a dense one never")
  func run() throws {
    var events: [TrainerEvent] = []
    try TinyLanguage.process(TinyLanguage.spec()).run { events.append($0) }
    let told = metrics(events)
    #expect(
      Set(told.map(\.name)) == [
        "router_max_over_mean", "router_dead_experts", "1.router_max_over_mean",
        "1.router_dead_share",
      ])
    for name in Set(told.map(\.name)) {
      #expect(told.filter { $0.name == name }.map(\.step) == Array(stride(from: 3, to: 61, by: 3)))
    }
    // One block routes, so that its figures are the run's; eight experts.
    for (all, one) in zip(
      told.filter { $0.name == "router_dead_experts" },
      told.filter { $0.name == "1.router_dead_share" })
    {
      #expect(all.value == 8 * one.value)
    }
    events = []
    try TinyLanguage.process(TinyLanguage.spec(dense: true)).run { events.append($0) }
    #expect(metrics(events).isEmpty && warnings(events).isEmpty)
  }

  @Test("a run whose experts cannot all get a token warns of it before its end")
  func starved() throws {
    var spec = TinyLanguage.spec()
    // Three steps of 16 tokens, one expert each, for 64 experts.
    (spec.architecture.experts, spec.architecture.topK, spec.batchSequences) = (64, 1, 1)
    var events: [TrainerEvent] = []
    try TinyLanguage.process(spec).run { events.append($0) }
    let first = try #require(warnings(events).first)
    #expect(first.step == 3 && first.kind == "dead_experts")
    #expect(first.message.hasPrefix("experts without a token in steps 1 to 3: block 1: "))
    let dead = metrics(events).first { $0.name == "router_dead_experts" }
    #expect(first.message.hasSuffix("block 1: \(Int(try #require(dead).value)) of 64"))
  }
}

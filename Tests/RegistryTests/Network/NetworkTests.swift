import Testing

@testable import Registry

/// A history that goes wrong, made as short as leaving things out makes it.
enum Shrinking {
  /// Drops parts, halves first and single steps last and more than once, for as long as `fails` says
  /// that it still does; that is asked so many times at most.
  static func smallest(
    _ history: [NetworkStep], tries: Int = 200, fails: ([NetworkStep]) async throws -> Bool
  ) async throws -> [NetworkStep] {
    var history = history
    var size = history.count / 2
    var tries = tries
    while size > 0, tries > 0 {
      let before = history.count
      var start = 0
      while start < history.count, tries > 0 {
        tries -= 1
        var shorter = history
        shorter.removeSubrange(start..<min(start + size, history.count))
        if try await fails(shorter) { history = shorter } else { start += size }
      }
      if size > 1 || history.count == before { size /= 2 }
    }
    return history
  }
}

@Suite("Over a network that loses, repeats and delays")
struct NetworkTests {
  /// What goes wrong in a history, if anything does, and after how many steps; the registry is
  /// inspected every so many.
  private static func disorder(
    in history: [NetworkStep], _ defect: NetworkSimulation.Defect = .none, period: Int
  ) async throws -> (what: String, steps: Int)? {
    let simulation = try await NetworkSimulation(defect)
    var steps = 0
    do {
      for step in history {
        steps += 1
        try await simulation.take(step)
        if steps.isMultiple(of: period) { try await simulation.inspect() }
      }
      if defect == .none { try await simulation.drain() }
      return nil
    } catch let disorder as Disorder {
      return (disorder.description, steps)
    }
  }

  @Test(
    "nothing is lost or recorded twice, and in the end every run has its whole curve",
    arguments: 1...5 as ClosedRange<UInt64>)
  func histories(seed: UInt64) async throws {
    let history = NetworkStep.history(seed: seed, count: 400)
    guard let found = try await Self.disorder(in: history, period: 10) else { return }
    Issue.record("seed \(seed), after \(found.steps) steps: \(found.what)")
    let smallest = try await Shrinking.smallest(Array(history.prefix(found.steps))) {
      try await Self.disorder(in: $0, period: 1) != nil
    }
    let steps = smallest.map { "\n  \($0)" }.joined()
    Issue.record("seed \(seed): these \(smallest.count) steps are enough:\(steps)")
  }

  @Test("a daemon that records a repeated report twice is found, and its history shrunk")
  func planted() async throws {
    func disorder(_ history: [NetworkStep]) async throws -> (what: String, steps: Int)? {
      try await Self.disorder(in: history, .repeatsAreRecorded, period: .max)
    }
    var planted: [NetworkStep] = []
    for seed in 1...8 as ClosedRange<UInt64> where planted.isEmpty {
      let history = NetworkStep.history(seed: seed, count: 250)
      if let found = try await disorder(history) { planted = Array(history.prefix(found.steps)) }
    }
    try #require(!planted.isEmpty)
    let smallest = try await Shrinking.smallest(planted) {
      try await disorder($0) != nil
    }
    #expect(try await disorder(smallest)?.what.contains("was never sent") == true)
    // Registered, leased and reported, each sent and delivered and answered, and once more.
    #expect(smallest.count <= 15, "\(smallest)")
  }
}

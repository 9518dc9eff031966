import Wire

/// Watches how a run's routers spread tokens, over one twentieth of its steps after the other.
struct BalanceWatch: Equatable, Codable {
  /// What has come of the window that is open.
  private var loads: RouterLoads
  /// Steps done before it.
  private var start = 0
  /// Experts that got no token in the window before it, in all blocks.
  private var dead = 0

  init(layers: Int, experts: Int) {
    loads = RouterLoads(layers: layers, experts: experts)
  }

  /// Adds a step's token-expert pairs [MoE layers][E].
  mutating func add(_ loads: [[Int]]) { self.loads.add(loads) }

  /// Ends the window after `step`, and tells of it; with a warning where it leaves more experts
  /// without a token than the one before.
  ///
  /// - Parameter firstBlock: the number of the first block that routes.
  mutating func close(after step: Int, firstBlock: Int) -> [TrainerEvent] {
    let blocks = loads.layers.enumerated().map { (number: firstBlock + $0, load: $1) }
    let deadNow = blocks.reduce(0) { $0 + $1.load.deadExperts }
    var events: [TrainerEvent] = []
    func tell(_ name: String, _ value: Double) {
      events.append(.metric(.init(name: name, value: value, step: step)))
    }
    tell("router_max_over_mean", loads.maxOverMean)
    tell("router_dead_experts", Double(deadNow))
    for block in blocks {
      tell("\(block.number).router_max_over_mean", block.load.maxOverMean)
      tell("\(block.number).router_dead_share", block.load.deadShare)
    }
    if deadNow > dead {
      let places = blocks.filter { $0.load.deadExperts > 0 }
        .map { "block \($0.number): \($0.load.deadExperts) of \($0.load.experts)" }
      events.append(
        .warning(
          .init(
            step: step, kind: "dead_experts",
            message: "experts without a token in steps \(start + 1) to \(step): "
              + places.joined(separator: ", "))))
    }
    loads.clear()
    (start, dead) = (step, deadNow)
    return events
  }
}

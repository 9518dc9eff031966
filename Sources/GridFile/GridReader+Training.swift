import Experiment

extension GridReader {
  func evaluation(_ mapping: MappingReader?) -> RunSpec.Evaluation {
    var evaluation = RunSpec.Evaluation()
    guard var mapping else { return evaluation }
    if let value = mapping.take("count") {
      evaluation.count = value.integer(1...1_000_000) ?? evaluation.count
    }
    if let value = mapping.take("sequences") {
      evaluation.sequences = value.integer(1...1_000_000_000) ?? evaluation.sequences
    }
    mapping.finish()
    return evaluation
  }

  func read(_ router: inout RunSpec.Router, from mapping: MappingReader?) {
    guard var mapping else { return }
    if let value = mapping.take("gate") {
      router.gate = value.choice(RunSpec.Router.Gate.self) ?? router.gate
    }
    read(&router.balanceCoefficient, "balance_coefficient", from: &mapping)
    read(&router.zCoefficient, "z_coefficient", from: &mapping)
    read(&router.biasUpdate, "bias_update", from: &mapping)
    mapping.finish()
  }

  /// `fan_in`, or `{normal: σ}`.
  func initialisation(_ value: Value) -> RunSpec.Initialisation? {
    guard value.isMapping, var mapping = MappingReader(value) else {
      guard let text = value.text("fan_in or {normal: 0.006}") else { return nil }
      if text != "fan_in" { value.report(.badValue(text, expected: "fan_in or {normal: 0.006}")) }
      return .fanIn
    }
    let sigma = mapping.require("normal", "the standard deviation")?
      .number("a number above 0") { $0 > 0 }
    mapping.finish()
    return sigma.map { .normal(sigma: $0) }
  }

  func read(_ optimiser: inout Grid.OptimiserSettings, from mapping: MappingReader?) {
    guard var mapping else { return }
    read(&optimiser.beta1, "beta1", below: 1, from: &mapping)
    read(&optimiser.beta2, "beta2", below: 1, from: &mapping)
    read(&optimiser.epsilon, "epsilon", from: &mapping)
    read(&optimiser.weightDecay, "weight_decay", from: &mapping)
    if let value = mapping.take("clip") {
      optimiser.clip = value.number("a number above 0") { $0 > 0 } ?? optimiser.clip
    }
    mapping.finish()
  }

  func read(_ schedule: inout RunSpec.Schedule, from mapping: MappingReader?) {
    guard var mapping else { return }
    for (key, path) in [
      ("warmup_fraction", \RunSpec.Schedule.warmupFraction),
      ("decay_fraction", \.decayFraction), ("final_fraction", \.finalFraction),
    ] {
      guard let value = mapping.take(key) else { continue }
      schedule[keyPath: path] =
        value.number("a number from 0 to 1") { (0...1).contains($0) } ?? schedule[keyPath: path]
    }
    if schedule.warmupFraction + schedule.decayFraction > 1 {
      mapping.place.report(
        .badValue(
          "\(schedule.warmupFraction) + \(schedule.decayFraction)",
          expected: "at most 1, which warmup_fraction and decay_fraction share"))
    }
    mapping.finish()
  }

  /// A number from 0, below `limit` where there is one.
  private func read(
    _ setting: inout Double, _ key: String, below limit: Double = .infinity,
    from mapping: inout MappingReader
  ) {
    guard let value = mapping.take(key) else { return }
    let range =
      limit == .infinity ? "a number of at least 0" : "a number from 0 to below \(Int(limit))"
    setting = value.number(range) { $0 >= 0 && $0 < limit } ?? setting
  }
}

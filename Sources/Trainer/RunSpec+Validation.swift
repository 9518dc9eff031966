import Experiment

extension RunSpec {
  /// Checks everything that the trainer relies on. Throws `TrainingError`, the first fault found.
  func validate() throws(TrainingError) {
    do { try architecture.validate() } catch { throw .architecture(error) }
    try check("batch_sequences", Double(batchSequences), "at least 1") { $0 >= 1 }
    try check("steps", Double(steps), "at least 1") { $0 >= 1 }
    try check("evaluation.count", Double(evaluation.count), "at least 0") { $0 >= 0 }
    try check("evaluation.sequences", Double(evaluation.sequences), "at least 1") { $0 >= 1 }
    try check("optimiser.learning_rate", optimiser.learningRate, "positive") { $0 > 0 }
    try check("optimiser.beta1", optimiser.beta1, "in [0, 1)") { 0 <= $0 && $0 < 1 }
    try check("optimiser.beta2", optimiser.beta2, "in [0, 1)") { 0 <= $0 && $0 < 1 }
    try check("optimiser.epsilon", optimiser.epsilon, "positive") { $0 > 0 }
    try check("optimiser.weight_decay", optimiser.weightDecay, "at least 0") { $0 >= 0 }
    try check("optimiser.clip", optimiser.clip, "positive") { $0 > 0 }
    let fraction = { (value: Double) in 0 <= value && value <= 1 }
    try check("schedule.warmup_fraction", schedule.warmupFraction, "in [0, 1]", fraction)
    try check("schedule.decay_fraction", schedule.decayFraction, "in [0, 1]", fraction)
    try check("schedule.final_fraction", schedule.finalFraction, "in (0, 1]") {
      0 < $0 && $0 <= 1
    }
    try check("router.balance_coefficient", router.balanceCoefficient, "at least 0") { $0 >= 0 }
    try check("router.z_coefficient", router.zCoefficient, "at least 0") { $0 >= 0 }
    try check("router.bias_update", router.biasUpdate, "at least 0") { $0 >= 0 }
    _ = try Products.Kind(precision)
    if case .normal(let sigma) = initialisation {
      try check("initialisation.normal", sigma, "positive") { $0 > 0 }
    }
  }

  private func check(
    _ field: String, _ value: Double, _ requirement: String, _ holds: (Double) -> Bool
  ) throws(TrainingError) {
    guard value.isFinite && holds(value) else {
      throw .outOfRange(field: field, value: value, requirement: requirement)
    }
  }
}

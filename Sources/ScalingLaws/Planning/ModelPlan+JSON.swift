import Experiment

extension ModelPlan: Encodable {
  private enum CodingKeys: String, CodingKey {
    case budget, compute
    case modelFLOPs = "flops_per_token"
    case targetModelFLOPs = "target_flops_per_token"
    case tokens, allocation, architecture
    case activation = "A"
    case granularity = "G"
    case sharedRatio = "S"
    case parameters
    case activeParameters = "active_parameters"
    case learningRate = "learning_rate"
    case batchSequences = "batch_sequences"
    case batchTokens = "batch_tokens"
    case steps
    case leverage = "EL"
    case low = "EL_low"
    case high = "EL_high"
    case intervalBasis = "EL_interval"
    case loss, dense, alternatives, provenance, flags
  }

  public func encode(to encoder: any Encoder) throws {
    var plan = encoder.container(keyedBy: CodingKeys.self)
    try plan.encode(budget.compute, forKey: .budget)
    try plan.encode(compute, forKey: .compute)
    try plan.encode(modelFLOPs, forKey: .modelFLOPs)
    try plan.encode(targetModelFLOPs, forKey: .targetModelFLOPs)
    try plan.encode(tokens, forKey: .tokens)
    switch allocation {
    case .law: try plan.encode("law", forKey: .allocation)
    case .tokens: try plan.encode("tokens", forKey: .allocation)
    }
    try plan.encode(architecture, forKey: .architecture)
    try plan.encode(architecture.activationRatio().doubleValue, forKey: .activation)
    try plan.encode(architecture.granularity?.doubleValue, forKey: .granularity)
    try plan.encode(architecture.sharedRatio.doubleValue, forKey: .sharedRatio)
    try plan.encode(architecture.parameters.totalNonVocabulary, forKey: .parameters)
    try plan.encode(architecture.parameters.activeNonVocabulary, forKey: .activeParameters)
    try plan.encode(learningRate, forKey: .learningRate)
    try plan.encode(batchSequences, forKey: .batchSequences)
    try plan.encode(batchTokens, forKey: .batchTokens)
    try plan.encode(steps, forKey: .steps)
    try plan.encode(leverage, forKey: .leverage)
    try plan.encode(interval?.low, forKey: .low)
    try plan.encode(interval?.high, forKey: .high)
    try plan.encode(intervalBasis, forKey: .intervalBasis)
    try plan.encode(loss, forKey: .loss)
    try plan.encode(dense, forKey: .dense)
    try plan.encode(alternatives, forKey: .alternatives)
    try plan.encode(
      Dictionary(uniqueKeysWithValues: provenance.map { ($0.key.rawValue, $0.value) }),
      forKey: .provenance)
    try plan.encode(flags, forKey: .flags)
  }
}

extension DenseEquivalent: Encodable {
  private enum CodingKeys: String, CodingKey {
    case compute
    case modelFLOPs = "flops_per_token"
    case tokens, parameters, architecture
  }

  public func encode(to encoder: any Encoder) throws {
    var dense = encoder.container(keyedBy: CodingKeys.self)
    try dense.encode(compute, forKey: .compute)
    try dense.encode(modelFLOPs, forKey: .modelFLOPs)
    try dense.encode(tokens, forKey: .tokens)
    try dense.encode(architecture?.parameters.totalNonVocabulary, forKey: .parameters)
    try dense.encode(architecture, forKey: .architecture)
  }
}

extension ModelPlan.Alternative: Encodable {
  private enum CodingKeys: String, CodingKey {
    case change, architecture
    case activation = "A"
    case granularity = "G"
    case parameters
    case activeParameters = "active_parameters"
    case leverage = "EL"
    case relativeLeverage = "EL_change"
    case relativeTotal = "parameters_change"
    case relativeActive = "active_parameters_change"
    case isWithinLimits = "within_limits"
    case isWithinFit = "within_fit"
  }

  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(change, forKey: .change)
    try row.encode(architecture, forKey: .architecture)
    try row.encode(architecture.activationRatio().doubleValue, forKey: .activation)
    try row.encode(architecture.granularity?.doubleValue, forKey: .granularity)
    try row.encode(architecture.parameters.totalNonVocabulary, forKey: .parameters)
    try row.encode(architecture.parameters.activeNonVocabulary, forKey: .activeParameters)
    try row.encode(leverage, forKey: .leverage)
    try row.encode(relativeLeverage, forKey: .relativeLeverage)
    try row.encode(relativeTotal, forKey: .relativeTotal)
    try row.encode(relativeActive, forKey: .relativeActive)
    try row.encode(isWithinLimits, forKey: .isWithinLimits)
    try row.encode(isWithinFit, forKey: .isWithinFit)
  }
}

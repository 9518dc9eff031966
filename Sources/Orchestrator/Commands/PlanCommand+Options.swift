import ArgumentParser
import ScalingLaws

/// What may be spent.
struct PlanBudgetOptions: ParsableArguments {
  @Option(help: ArgumentHelp("C, training FLOPs.", valueName: "flops")) var budget: Double?
  @Option(help: "GPU-hours instead; with --peak-flops and --mfu.") var gpuHours: Double?
  @Option(help: "Peak FLOP/s of one GPU, such as 989e12.") var peakFlops: Double?
  @Option(help: "Share of the peak that training reaches, such as 0.4.") var mfu: Double?
  @Option(help: "D, training tokens; without it the allocation law divides the budget.")
  var tokens: Double?

  var isGiven: Bool { budget != nil || gpuHours != nil }

  /// C, FLOPs, where one is given.
  var compute: Double? { chosen?.compute }

  /// The budget, where one is given.
  var chosen: ComputeBudget? {
    if let budget { return .flops(budget) }
    guard let gpuHours, let peakFlops, let mfu else { return nil }
    return .deviceHours(gpuHours, peakFLOPsPerSecond: peakFlops, utilisation: mfu)
  }

  func validate() throws {
    guard budget == nil || gpuHours == nil else {
      throw ValidationError("--budget and --gpu-hours say the same thing; keep one")
    }
    if gpuHours != nil, peakFlops == nil || mfu == nil {
      throw ValidationError("--gpu-hours needs --peak-flops and --mfu")
    }
    if gpuHours == nil, peakFlops != nil || mfu != nil {
      throw ValidationError("--peak-flops and --mfu go with --gpu-hours")
    }
  }
}

/// What the shape must satisfy.
struct PlanConstraintOptions: ParsableArguments {
  @Option(help: "Largest N.") var maxTotalParameters: Double?
  @Option(help: "Largest N_a, the parameters that one token runs.")
  var maxActiveParameters: Double?
  @Option(help: "The experts are a multiple of this.") var expertsDivisibleBy = 8
  @Option(help: "Layers, 20 or 16..32; by the width where not given.")
  var layers: CountSpan?
  @Option(help: "Leading dense layers; one in twenty where not given.") var denseLayers: Int?
  @Option(help: "Shared experts.") var sharedExperts = 1
  @Option(help: "Routed A, 1/32 or 1/64..1/16.") var activation: RatioChoice?
  @Option(help: "G, 12 or 8..12.") var granularity: RatioChoice?
  @Option(help: "Tokens in one sequence.") var sequenceLength = 8192
  @Option(help: "Tokens in the vocabulary.") var vocabulary = 126_464
  @Flag(help: "Allow an A or G that the leverage law was not fitted on.") var extrapolate = false

  func request(_ budget: PlanBudgetOptions) throws -> PlanRequest {
    guard let chosen = budget.chosen else {
      throw ValidationError("give --budget or --gpu-hours")
    }
    return PlanRequest(
      budget: chosen, tokens: budget.tokens,
      constraints: ShapeConstraints(
        maxTotalParameters: maxTotalParameters, maxActiveParameters: maxActiveParameters,
        expertsMultiple: expertsDivisibleBy, layers: layers?.range, denseLayers: denseLayers,
        sharedExperts: sharedExperts, activation: activation, granularity: granularity,
        seqLen: sequenceLength, vocab: vocabulary),
      allowsExtrapolation: extrapolate)
  }
}

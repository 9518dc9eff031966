/// What a chain of laws lets one choose.
public struct LawChainOptions: Hashable, Sendable {
  /// Where leverage laws take their points.
  public enum LeverageSource: String, Hashable, Codable, Sendable {
    /// Families' curves over the dense curve, as in arXiv 2507.17702.
    case families
    /// Groups of seeds, each by its own loss.
    case runs
  }

  public var nearOptimal: NearOptimalOptions
  public var profile: IsoFLOPOptions
  public var parametric: FitOptions
  public var leverage: LeverageOptions
  public var source: LeverageSource
  /// Of Eq. 10 to 13.
  public var laws: FitOptions
  /// EL from which the joint law's points are held out; nil for none.
  public var threshold: Double?
  public var seed: UInt64
  /// Resamples of the leverage stages.
  public var bootstraps: Int

  public init(
    nearOptimal: NearOptimalOptions = .init(), profile: IsoFLOPOptions = .init(),
    parametric: FitOptions = .init(loss: .huber(delta: 1e-3)),
    leverage: LeverageOptions = .init(), source: LeverageSource = .families,
    laws: FitOptions = .init(loss: .huber(delta: 0.1)),
    threshold: Double? = JointLaw.paperThreshold, seed: UInt64 = 1, bootstraps: Int = 1000
  ) {
    self.nearOptimal = nearOptimal
    self.profile = profile
    self.parametric = parametric
    self.leverage = leverage
    self.source = source
    self.laws = laws
    self.threshold = threshold
    self.seed = seed
    self.bootstraps = bootstraps
  }
}

/// The chain from runs to the joint law of leverage (arXiv 2507.17702, §2 to §4): each step a value
/// with its warnings, or the reason why the runs do not allow it.
///
/// The same runs and options give the same value, in whatever order the runs come.
public struct LawChain: Hashable, Sendable {
  /// η(C) and B(C), by the family's label.
  public var hyperparameters: [String: StageStep<NearOptimalSelection>]
  /// M_opt(C) and D_opt(C), by the family's label.
  public var allocations: [String: AllocationStudy]
  /// Dense curve and the leverage of each run.
  public var leverage: StageStep<LeverageAnalysis>
  /// Each family's curve, and its leverage by both curves.
  public var families: StageStep<FamilyLeverageStudy>
  /// Eq. 10, 11 and 12.
  public var separable: StageStep<SeparableLaws>
  /// Eq. 13.
  public var joint: StageStep<JointLaw>

  /// Runs the steps asked for and those that they start from.
  ///
  /// Of runs that differ by their hyperparameters alone, the hyperparameter step takes all, and the
  /// later ones the best.
  public init(
    runs: [StudyRun], steps: Set<Step> = Set(Step.allCases), options: LawChainOptions = .init()
  ) {
    let steps = Step.needed(for: steps, source: options.source)
    let runs = runs.sorted { $0.observed.id < $1.observed.id }
    let byFamily = runs.byFamily
    hyperparameters = [:]
    if steps.contains(.hyperparameters) {
      hyperparameters = byFamily.mapValues { runs in
        StageStep { () throws(StageRefusal) in
          try NearOptimalSelection(runs: runs.map(\.tuning), options: options.nearOptimal)
        }
      }
    }
    allocations = [:]
    if steps.contains(.allocations) {
      allocations = byFamily.mapValues { runs in
        AllocationStudy(
          points: runs.map(\.profilePoint), measure: .flopsPerToken, profile: options.profile,
          parametric: options.parametric)
      }
    }
    let tuned = runs.tuned
    leverage = StageStep(if: steps.contains(.leverage)) { () throws(StageRefusal) in
      try staged { () throws(ScalingLawsError) in
        try LeverageAnalysis.fit(
          runs: tuned, seed: options.seed, bootstraps: options.bootstraps,
          options: options.leverage)
      }
    }
    families = StageStep(if: steps.contains(.families)) { () throws(StageRefusal) in
      try FamilyLeverageStudy(
        runs: tuned, seed: options.seed, bootstraps: options.bootstraps,
        options: options.leverage)
    }
    let points: [LeveragePoint]? =
      switch options.source {
      case .families: families.value?.points
      case .runs: leverage.value?.points(of: tuned)
      }
    separable = StageStep(if: steps.contains(.separable)) { () throws(StageRefusal) in
      guard let points else { throw .needsStage("leverage over a dense curve") }
      return try SeparableLaws(points: points, options: options.laws)
    }
    let separated = separable.value
    joint = StageStep(if: steps.contains(.joint)) { () throws(StageRefusal) in
      guard let points else { throw .needsStage("leverage over a dense curve") }
      return try JointLaw(
        points: points, separable: separated, threshold: options.threshold,
        options: options.laws)
    }
  }
}

/// What an analysis lets one choose.
public struct LeverageOptions: Hashable, Codable, Sendable {
  /// How the dense curve is inverted.
  public var method: InversionMethod
  /// With or without an irreducible term.
  public var curve: CurveChoice
  /// For residuals of log loss.
  public var lossResidual: ResidualLoss
  /// For residuals of log EL against A.
  public var leverageResidual: ResidualLoss
  public var resampling: Resampling
  /// Coverage that intervals aim at.
  public var level: Double

  public init(
    method: InversionMethod = .fittedCurve, curve: CurveChoice = .automatic,
    lossResidual: ResidualLoss = .huber(delta: 0.02),
    leverageResidual: ResidualLoss = .huber(delta: 0.3), resampling: Resampling = .noise,
    level: Double = 0.95
  ) {
    self.method = method
    self.curve = curve
    self.lossResidual = lossResidual
    self.leverageResidual = leverageResidual
    self.resampling = resampling
    self.level = level
  }
}

/// Dense curve, efficiency leverage of every MoE run, and EL against A, from one set of runs.
///
/// The same runs, seed, bootstraps and options give the same value, in whatever order the runs come.
public struct LeverageAnalysis: Hashable, Codable, Sendable {
  public var options: LeverageOptions
  public var seed: UInt64
  public var bootstraps: Int
  /// The best dense size of each budget.
  public var envelope: Envelope
  /// Nil when nothing tells it.
  public var noise: NoiseEstimate?
  /// Every law fitted, the selected form of a subject before its alternative.
  public var laws: [FittedLaw]
  /// In order of run id.
  public var runs: [RunLeverage]
  /// In order of budget, family and M.
  public var groups: [GroupLeverage]
  /// About the analysis as a whole; each law has its own.
  public var warnings: [LawWarning]

  /// Fits everything.
  ///
  /// - Parameters:
  ///   - runs: finished runs, dense and MoE, in any order, with losses in one unit.
  ///   - seed: determines the bootstrap.
  ///   - bootstraps: resamples; 0 leaves out every interval, fewer than 20 do too.
  /// - Throws: `invalidObservation`, `duplicateRun`, `noDenseRuns`, `tooFewDenseBudgets` below two,
  ///   `tooFewPoints` when an offset is asked for below three, `noConvergence`.
  public static func fit(
    runs: [ObservedRun], seed: UInt64, bootstraps: Int, options: LeverageOptions = .init()
  ) throws(ScalingLawsError) -> LeverageAnalysis {
    let study = try LeverageStudy(runs: runs, seed: seed, bootstraps: bootstraps, options: options)
    return study.analysis()
  }

  /// The law that leverage in FLOPs is computed with.
  public var denseLaw: FittedLaw? {
    laws.first { $0.isSelected && $0.subject == .denseLossAgainstCompute }
  }
}

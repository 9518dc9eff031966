import Foundation

/// The leverage of a family at a budget by both curves, EL(C) = C_dense(L_family(C)) / C
/// (arXiv 2507.17702, Eq. 1).
public struct FamilyLeverage: Hashable, Sendable {
  public var family: ModelFamily
  /// C, FLOPs.
  public var compute: Double
  /// What the family's curve gives there.
  public var loss: Double
  /// Its interval carries the noise of both curves; it is extrapolated where C lies outside the
  /// family's budgets or C_dense outside the dense ones.
  public var outcome: LeverageOutcome
}

/// Every family's curve, and its leverage over the dense curve.
public struct FamilyLeverageStudy: Hashable, Sendable {
  public var dense: FamilyCurve
  /// In order of name, A, G and S.
  public var families: [FamilyCurve]
  /// For each family, in the order of `families`, one row a budget.
  public var rows: [FamilyLeverage]
  /// Pooled over every family; nil when nothing tells it.
  public var noise: NoiseEstimate?
  /// Families without a curve, and why.
  public var refusals: [ModelFamily: StageRefusal]
  public var warnings: [StageWarning]

  /// Fits every curve and its leverage.
  ///
  /// - Parameters:
  ///   - runs: dense and MoE, in any order.
  ///   - budgets: where to give leverage, FLOPs; nil for each family's own budgets.
  /// - Throws: `noRuns`; `tooFew` dense budgets; `fit`, with `noDenseRuns` and `invalidObservation`
  ///   among its reasons.
  public init(
    runs: [ObservedRun], budgets: [Double]? = nil, seed: UInt64, bootstraps: Int,
    options: LeverageOptions = .init()
  ) throws(StageRefusal) {
    guard !runs.isEmpty else { throw .noRuns(stage: "a family's loss curve") }
    try staged { () throws(ScalingLawsError) in
      try LeverageStudy.validate(runs, bootstraps: bootstraps, options: options)
      for budget in budgets ?? [] { try LawVariable.compute.validate(budget) }
    }
    let groups = RunGroup.grouping(runs)
    let denseGroups = groups.filter { $0.runs[0].isDense }
    guard !denseGroups.isEmpty else { throw .fit(.noDenseRuns) }
    let all = FamilyRuns.grouping(groups)
    let noise = NoiseEstimate.pooled(all, options: options)
    // Dense families of several names compete for one curve, as in the analysis of single runs.
    let denseCurve = try FamilyRuns.grouping(denseGroups.map(\.asOneFamily))[0]
      .curve(pooled: noise, seed: seed, bootstraps: bootstraps, options: options)
    self.noise = noise
    dense = denseCurve.family
    families = []
    rows = []
    refusals = [:]
    var warnings: [StageWarning] = noise == nil ? [.noiseUnknown] : []
    for (place, member) in all.filter({ !$0.family.isDense }).enumerated() {
      let curve: ResampledCurve
      do throws(StageRefusal) {
        curve = try member.curve(
          pooled: noise, seed: seed &+ UInt64(place) &+ 1, bootstraps: bootstraps,
          options: options)
      } catch {
        refusals[member.family] = error
        continue
      }
      families.append(curve.family)
      if curve.family.curve.form != dense.curve.form {
        warnings.append(
          .formsDiffer(
            family: member.family.label, curve: curve.family.curve.form, dense: dense.curve.form))
      }
      rows += (budgets ?? curve.family.envelope.points.map(\.compute)).map {
        Self.row(at: $0, curve, over: denseCurve, level: options.level)
      }
    }
    let outside = rows.count { $0.outcome.estimate?.isExtrapolated == true }
    if outside > 0 { warnings.append(.extrapolated(points: outside, of: rows.count)) }
    self.warnings = warnings
  }

  private static func row(
    at compute: Double, _ member: ResampledCurve, over dense: ResampledCurve, level: Double
  ) -> FamilyLeverage {
    let loss = member.family.curve.loss(at: compute)
    func outcome() -> LeverageOutcome {
      let needed: Double
      do throws(ScalingLawsError) {
        needed = try dense.family.curve.inverse(of: loss)
      } catch .lossBelowIrreducible {
        return .refused(.lossBelowIrreducible)
      } catch {
        return .refused(.denseCurveNotFalling)
      }
      let samples = zip(member.draws, dense.draws).map { mine, other -> Double in
        guard let mine, let other else { return .nan }
        do throws(ScalingLawsError) {
          return log(try other.inverse(of: mine.loss(at: compute)) / compute)
        } catch .lossBelowIrreducible {
          return .infinity
        } catch {
          return .nan
        }
      }
      let isInside =
        dense.family.curve.range.contains(needed) && member.family.curve.range.contains(compute)
      return .estimated(
        LeverageEstimate(
          value: needed / compute, interval: Interval(logSamples: samples, level: level),
          dense: needed, isExtrapolated: !isInside))
    }
    return FamilyLeverage(
      family: member.family.family, compute: compute, loss: loss, outcome: outcome())
  }
}

extension RunGroup {
  /// The same runs under one name for all dense families.
  fileprivate var asOneFamily: RunGroup {
    var group = self
    for index in group.runs.indices { group.runs[index].family = "dense" }
    group.key.family = "dense"
    return group
  }
}

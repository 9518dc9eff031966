import Foundation

/// Which form a family's loss curve takes.
public enum CurveChoice: String, Hashable, Codable, Sendable {
  /// A pure power law unless an irreducible term is identified.
  case automatic
  case powerLaw = "power_law"
  case offsetPowerLaw = "power_law_with_offset"
}

/// A family's loss curve with and without an irreducible term, and the one that is used.
public struct CurveSelection: Sendable {
  public var chosen: LossCurveFit
  /// The form that is not used, where it could be fitted.
  public var alternative: LossCurveFit?
  /// About the choice and the points.
  public var warnings: [LawWarning]

  /// Budgets below which a curve is flagged.
  public static let wantedBudgets = 4
  /// By how much the corrected Akaike criterion must fall before an offset is believed.
  public static let akaikeMargin = 2.0

  /// Fits both forms and chooses.
  ///
  /// - Throws: `tooFewPoints` below two points (three when an offset is asked for), `invalidPoint`,
  ///   `noConvergence`.
  public init(
    _ points: [CurvePoint], choice: CurveChoice = .automatic, loss: ResidualLoss
  ) throws(ScalingLawsError) {
    let pure = try LossCurveFit(points, form: .powerLaw, loss: loss)
    warnings = []
    if points.count < Self.wantedBudgets {
      warnings.append(.tooFewBudgets(have: points.count, wanted: Self.wantedBudgets))
    }
    if choice == .offsetPowerLaw {
      chosen = try LossCurveFit(points, form: .offsetPowerLaw, loss: loss)
      alternative = pure
      if let reason = Self.objection(to: chosen, against: pure, points: points) {
        warnings.append(.offsetNotIdentified(reason: reason))
      }
      return
    }
    let offset = try? LossCurveFit(points, form: .offsetPowerLaw, loss: loss)
    let reason: LawWarning.OffsetReason? =
      if let offset {
        Self.objection(to: offset, against: pure, points: points)
      } else {
        points.count < 3 ? .tooFewBudgets : .noConvergence
      }
    if choice == .automatic, reason == nil, let offset {
      chosen = offset
      alternative = pure
    } else {
      chosen = pure
      alternative = offset
      if let reason { warnings.append(.offsetNotIdentified(reason: reason)) }
    }
  }

  /// Why the offset is not believed, if it is not.
  private static func objection(
    to offset: LossCurveFit, against pure: LossCurveFit, points: [CurvePoint]
  ) -> LawWarning.OffsetReason? {
    let smallest = points.map(\.loss).min() ?? 0
    if offset.curve.offset < OffsetPowerLawForm.collapsedShare * smallest {
      return .collapsedToZero
    }
    guard offset.result.correctedAkaike.isFinite else { return .tooFewBudgets }
    let gain = pure.result.correctedAkaike - offset.result.correctedAkaike
    return gain < akaikeMargin ? .notFavoured : nil
  }
}

import Foundation

/// Why a grid cannot be expanded. The whole grid is refused.
public enum ExpansionError: Error, Hashable, Sendable {
  /// A law that the grid names was not given.
  case unresolved(LawReference, quantity: SettingQuantity, family: String)
  /// A law gave a value that is no setting.
  case unusable(SettingQuantity, value: Double, family: String, budget: Double)
  /// M must follow from C alone.
  case allocationOfShape(family: String)
  /// A fit that no family of the grid has the axes for.
  case fitLacksAxes(StageFit, grid: String)
  /// A family without experts is swept along an axis of experts.
  case axisNeedsExperts(axis: Axis, family: String)
  /// A value outside its axis.
  case outsideAxis(axis: Axis, value: Ratio, family: String)
  /// No integer shape for a point.
  case shape(ShapeError, family: String, budget: Double, point: GridPoint)
  /// A family asks for settings that give no buildable architecture.
  case architecture(ArchitectureError, family: String, budget: Double, point: GridPoint)
  /// The budget is spent before half a batch.
  case noSteps(family: String, budget: Double, modelFLOPs: Int, batchTokens: Int)
}

extension ExpansionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unresolved(let reference, let quantity, let family):
      "family \(family): no law \(reference) gives \(quantity.rawValue)"
    case .unusable(let quantity, let value, let family, let budget):
      "family \(family), C = \(budget.short): \(quantity.rawValue) comes to \(value.short); it must be a "
        + "positive number, so check the law's coefficients"
    case .allocationOfShape(let family):
      "family \(family): the allocation must give M from C alone; name a power law of C"
    case .fitLacksAxes(let fit, let grid):
      "grid \(grid) fits \(fit.rawValue), but no family sweeps "
        + "\(fit.axes.map(\.rawValue).joined(separator: " and ")); add the axes or drop the fit"
    case .axisNeedsExperts(let axis, let family):
      "family \(family) is dense: it has no \(axis.rawValue) to sweep"
    case .outsideAxis(let axis, let value, let family):
      "family \(family): \(axis.rawValue) = \(value) must be \(axis.range)"
    case .shape(let error, let family, let budget, let point):
      "family \(family), C = \(budget.short), \(point): \(error)"
    case .architecture(let error, let family, let budget, let point):
      "family \(family), C = \(budget.short), \(point): \(error)"
    case .noSteps(let family, let budget, let modelFLOPs, let batchTokens):
      "family \(family), C = \(budget.short): M = \(modelFLOPs) and B = \(batchTokens) tokens leave less "
        + "than half an optimiser step; lower batch_tokens or M, or raise the budget"
    }
  }
}

extension Double {
  /// Four significant digits, `3e12`.
  fileprivate var short: String {
    String(format: "%.4g", self).replacing("e+", with: "e")
  }
}

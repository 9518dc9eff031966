import Foundation

import ScalingLaws

/// Parameters and points at which every form is tried.
enum FormSample {
  /// A plausible set of each form's parameters: what a paper prints, else what its claims suggest.
  static func parameters(of form: any NamedLawForm) -> [Double] {
    form.published.first?.values ?? unpublished[form.name] ?? []
  }

  private static let unpublished: [String: [Double]] = [
    "leverage-by-activation": [-0.45, 0.0163, 50],
    "leverage-by-granularity": [1.3, -0.02, -7],
    "leverage-by-compute": [0.06, -1.5],
    "summary": [0.1, 0.02, -0.05, 0.7],
    "loss-by-compute": [30, -0.06],
    "loss-by-compute-with-offset": [1000, 0.15, 1.7],
    "gadre": [1.8, 100, 200, 0.1],
    "loss-by-granularity": [1, -0.02, 0.003],
    "loss-by-shared-ratio": [0.9, -0.05, 0.12],
  ]

  /// One random point of a spread-out design.
  static func point(
    of form: any NamedLawForm, _ generator: inout SplitMix64
  ) -> [Double] {
    let values = form.variables.map { value(of: $0, &generator) }
    // Ratios of two variables stay in the range of their papers.
    switch form.name {
    case "muennighoff": return [values[0], values[1], values[1] / between(1, 60, &generator)]
    case "zhao":
      return [values[0], values[1], values[2], values[2] / between(2, 30, &generator), values[4]]
    default: return values
    }
  }

  private static func value(of variable: LawVariable, _ generator: inout SplitMix64) -> Double {
    switch variable.name {
    case "A": exp2(-8 * generator.uniform())
    case "G": exp2(0.1 + 3.9 * generator.uniform()).rounded(.up)
    case "S": (10 * generator.uniform()).rounded(.down) / 10
    case "E": exp2((9 * generator.uniform()).rounded(.down))
    case "L": between(1.5, 6, &generator)
    case "m": between(2, 600, &generator)
    case "C_min": between(1e-6, 1e3, &generator)
    case "C": between(1e17, 1e22, &generator)
    case "D": between(1e8, 1e12, &generator)
    default: between(1e7, 1e11, &generator)
    }
  }

  private static func between(
    _ lower: Double, _ upper: Double, _ generator: inout SplitMix64
  ) -> Double {
    lower * pow(upper / lower, generator.uniform())
  }

  /// θ at a random distance from the sample parameters, inside the box.
  static func coordinates(
    near parameters: [Double], of form: any NamedLawForm, _ generator: inout SplitMix64
  ) -> [Double] {
    zip(form.parameters, parameters).map { parameter, value in
      let step = 2 * generator.uniform() - 1
      let moved =
        parameter.scale == .logarithmic ? value * exp(step) : value * (1 + step / 2) + step / 50
      let kept = min(max(moved, parameter.lower), parameter.upper)
      return parameter.coordinate(of: kept)
    }
  }
}

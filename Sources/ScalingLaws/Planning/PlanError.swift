/// Why there is no plan.
public enum PlanError: Error, Hashable, Sendable {
  /// A value that no plan can have.
  case invalid(quantity: String, value: Double, domain: String)
  /// A or G that the leverage law was not fitted on, without leave to extrapolate.
  case outsideFit(quantity: String, value: Double, fitted: FittedRange, law: String)
  /// No shape within 1.5 % of the training FLOPs a token; `nearest` is the closest M found.
  case noShape(modelFLOPs: Double, nearest: Int?, fromTokens: Bool)
  /// No multiple of `multiple` experts has A in the range; `nearest` is the closest A found.
  case noExpertCount(multiple: Int, activation: FittedRange, nearest: Double)
  /// Every shape has more active parameters.
  case activeAboveLimit(limit: Double, smallest: Int)
  /// Every shape has more parameters.
  case totalAboveLimit(limit: Double, smallest: Int)
  /// The tokens are too few batches to stay within 2 % of the budget.
  case tooFewSteps(steps: Int, batchTokens: Int, needed: Int)
  /// A law that gives no usable number here.
  case law(ScalingLawsError)
  /// A law that gives no positive number here.
  case unusable(quantity: String, value: Double, compute: Double, law: String)
}

extension PlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalid(let quantity, let value, let domain):
      "\(quantity) is \(value.readable); it must be \(domain)"
    case .outsideFit(let quantity, let value, let fitted, let law):
      "\(quantity) = \(value.readable) is outside what \(law) was fitted on; the nearest possible is "
        + "\(quantity) = \(min(max(value, fitted.lower), fitted.upper).readable), or ask for "
        + "--extrapolate"
    case .noShape(let target, let nearest, let fromTokens):
      "no shape comes within 1.5 % of M = \(target.readable) FLOPs a token"
        + (nearest.map { "; the nearest possible is M = \(Double($0).readable)" } ?? "")
        + "; change "
        + (fromTokens ? "the tokens or the budget" : "the budget, or give the tokens")
        + ", widen the layers, A or G, or shorten the sequences"
    case .noExpertCount(let multiple, let activation, let nearest):
      "no multiple of \(multiple) experts has A from \(activation.lower.readable) to "
        + "\(activation.upper.readable); the nearest possible is A = \(nearest.readable)"
    case .activeAboveLimit(let limit, let smallest):
      "no shape has \(limit.readable) active parameters or fewer; the nearest possible is "
        + "\(Double(smallest).readable); more tokens make the model smaller"
    case .totalAboveLimit(let limit, let smallest):
      "no shape has \(limit.readable) parameters or fewer; the nearest possible is "
        + "\(Double(smallest).readable); more tokens make the model smaller, a larger A makes the "
        + "experts fewer"
    case .tooFewSteps(let steps, let batchTokens, let needed):
      "\(steps) steps of \(batchTokens) tokens cannot be held to the budget; the nearest possible "
        + "is \(needed) steps: raise the budget or the tokens"
    case .law(let error): "\(error)"
    case .unusable(let quantity, let value, let compute, let law):
      "\(law) gives \(quantity) = \(value) at C = \(compute.readable); name another law"
    }
  }
}

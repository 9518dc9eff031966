public import Experiment

/// The model that a budget is best spent on, by laws, and what it is predicted to be worth.
public struct ModelPlan: Hashable, Sendable {
  /// Where M comes from.
  public enum Allocation: Hashable, Sendable {
    /// The allocation law at C.
    case law(String)
    /// C divided by the tokens that were asked for.
    case tokens(Double)
  }

  /// One neighbour of the choice in the trade-off table.
  public struct Alternative: Hashable, Sendable {
    /// What was moved.
    public enum Change: String, Hashable, Codable, Sendable {
      case none = ""
      case activation = "A"
      case granularity = "G"
      case layers
    }

    public var change: Change
    public var architecture: Architecture
    /// Predicted EL.
    public var leverage: Double
    /// EL over the choice's, less 1.
    public var relativeLeverage: Double
    /// N over the choice's, less 1.
    public var relativeTotal: Double
    /// N_a over the choice's, less 1.
    public var relativeActive: Double
    /// Whether it keeps to the limits on parameters.
    public var isWithinLimits: Bool
    /// Whether its A and G lie where the leverage law was fitted.
    public var isWithinFit: Bool
  }

  /// The budget asked for.
  public var budget: ComputeBudget
  public var allocation: Allocation
  /// M aimed at, training FLOPs a token.
  public var targetModelFLOPs: Double
  public var architecture: Architecture
  /// Peak learning rate η, to five digits.
  public var learningRate: Double
  /// B in sequences.
  public var batchSequences: Int
  /// Optimiser steps.
  public var steps: Int
  /// Predicted EL at the realised C.
  public var leverage: Double
  /// Its 95 % interval; nil where the law's error is unknown.
  public var interval: Interval?
  /// What the interval rests on.
  public var intervalBasis: String
  /// Predicted loss, nats a token; nil where no dense loss curve is known.
  public var loss: Double?
  public var dense: DenseEquivalent
  /// The choice first, then its neighbours.
  public var alternatives: [Alternative]
  /// Where the numbers come from, by quantity.
  public var provenance: [PlanQuantity: String]
  public var flags: [PlanFlag]

  /// M, training FLOPs a token.
  public var modelFLOPs: Int { architecture.trainingFLOPsPerToken() }
  /// B in tokens.
  public var batchTokens: Int { batchSequences * architecture.seqLen }
  /// D, whole batches.
  public var tokens: Double { Double(steps) * Double(batchTokens) }
  /// Realised C = M·D, FLOPs; within 2 % of the budget.
  public var compute: Double { Double(modelFLOPs) * tokens }
}

/// A number of a plan that a law gave.
public enum PlanQuantity: String, Hashable, Codable, Sendable, CaseIterable {
  case modelFLOPs = "M"
  case learningRate = "learning_rate"
  case batchTokens = "batch_tokens"
  case leverage = "EL"
  case dense
}

/// What a person should know before they spend the compute.
public enum PlanFlag: String, Hashable, Codable, Sendable, CaseIterable {
  case allocationExtrapolated = "allocation_extrapolated"
  case learningRateExtrapolated = "learning_rate_extrapolated"
  case batchExtrapolated = "batch_extrapolated"
  case leverageExtrapolated = "leverage_extrapolated"
  case activationAtEdge = "activation_at_edge"
  case activationExtrapolated = "activation_extrapolated"
  case granularityExtrapolated = "granularity_extrapolated"
  case denseExtrapolated = "dense_extrapolated"

  /// What it means.
  public var meaning: String {
    switch self {
    case .allocationExtrapolated: "C is outside the budgets that the allocation law was fitted on"
    case .learningRateExtrapolated: "C is outside the budgets that the law of η was fitted on"
    case .batchExtrapolated: "C is outside the budgets that the law of B was fitted on"
    case .leverageExtrapolated: "C is outside the budgets that the leverage law was fitted on"
    case .activationAtEdge:
      "A is the smallest that the leverage law was fitted on: a limit on parameters would set it"
    case .activationExtrapolated: "A is outside what the leverage law was fitted on"
    case .granularityExtrapolated: "G is outside what the leverage law was fitted on"
    case .denseExtrapolated:
      "C_dense is outside the budgets that the dense allocation law was fitted on"
    }
  }
}

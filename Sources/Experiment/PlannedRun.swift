/// One run of an expanded grid: its spec, and how the grid came to it.
public struct PlannedRun: Hashable, Sendable {
  public var spec: RunSpec
  public var family: String
  public var kind: ModelKind
  /// The budget C that was asked for, FLOPs.
  public var budget: Double
  /// What the axes asked for.
  public var point: GridPoint
  /// The M that the allocation asked for, times the point's scale.
  public var targetModelFLOPs: Double
  /// M of the base shape at this budget and scale, which every point of the family aims at.
  public var baseModelFLOPs: Int
  /// Where M, η and B come from.
  public var provenance: [SettingQuantity: String]
  public var flags: [Flag]

  /// What a person should know before they spend the compute.
  public enum Flag: String, Hashable, Codable, Sendable, CaseIterable {
    /// C is outside the budgets that the allocation law was fitted on.
    case allocationExtrapolated = "allocation_extrapolated"
    /// C is outside the budgets that the learning rate's law was fitted on.
    case learningRateExtrapolated = "learning_rate_extrapolated"
    /// C is outside the budgets that the batch law was fitted on.
    case batchExtrapolated = "batch_extrapolated"
    /// M is over 0.5 % off the family's base at this budget.
    case modelFLOPsNotConstant = "m_not_constant"
    /// M is over 0.5 % off what the allocation asked for.
    case modelFLOPsOffTarget = "m_off_target"
    /// G is over 10 % off what was asked for.
    case granularityOffNominal = "g_off_nominal"
    /// C = M · D is over 2 % off the budget, D being whole batches.
    case computeOffBudget = "c_off_budget"
    /// Fewer than 100 optimiser steps.
    case fewSteps = "few_steps"
  }

  /// M, training FLOPs a token in the `paper` convention.
  public var modelFLOPs: Int { spec.architecture.trainingFLOPsPerToken() }
  /// Realised C = M · D.
  public var compute: Double { Double(modelFLOPs) * Double(spec.tokens) }
  /// Relative distance of M from the allocation's.
  public var targetError: Double { Double(modelFLOPs) / targetModelFLOPs - 1 }
  /// Relative distance of M from the base's at this budget.
  public var baseError: Double { Double(modelFLOPs) / Double(baseModelFLOPs) - 1 }
}

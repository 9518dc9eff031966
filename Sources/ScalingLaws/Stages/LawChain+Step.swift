extension LawChain {
  /// What a chain can be asked for.
  public enum Step: String, Hashable, CaseIterable, Sendable {
    /// η(C) and B(C) of each family.
    case hyperparameters
    /// M_opt(C) and D_opt(C) of each family.
    case allocations
    /// The dense curve and the leverage of each run.
    case leverage
    /// The families' curves and their leverage.
    case families
    /// Eq. 10, 11 and 12.
    case separable
    /// Eq. 13.
    case joint

    /// The steps whose values this one takes.
    func predecessors(source: LawChainOptions.LeverageSource) -> Set<Step> {
      switch self {
      case .hyperparameters, .allocations, .leverage, .families: []
      case .separable:
        switch source {
        case .families: [.families]
        case .runs: [.leverage]
        }
      case .joint: [.separable]
      }
    }

    /// `asked` with all that they start from.
    static func needed(
      for asked: Set<Step>, source: LawChainOptions.LeverageSource
    ) -> Set<Step> {
      asked.reduce(asked) { steps, step in
        steps.union(needed(for: step.predecessors(source: source), source: source))
      }
    }
  }
}

extension Grid {
  /// The grid's runs, in the order families, budgets, sweeps, points, seeds.
  ///
  /// Expansion is a pure function: equal arguments, equal runs. Points that come to the same spec
  /// are one run, the first; its `point` is the one that is kept.
  ///
  /// - Parameters:
  ///   - resolved: the laws that `lawRequests` asks for.
  ///   - corpus: the corpus, pinned by its digest.
  ///   - vocab: tokens in the corpus's vocabulary.
  ///
  /// Throws `ExpansionError` for the first point that cannot be; nothing of the grid is left.
  public func expand(
    resolved: ResolvedSettings, corpus: RunSpec.CorpusReference, vocab: Int
  ) throws(ExpansionError) -> [PlannedRun] {
    try check()
    var runs: [PlannedRun] = []
    var seen: Set<RunSpec> = []
    for family in families {
      let expansion = FamilyExpansion(
        grid: self, family: family, resolved: resolved, corpus: corpus, vocab: vocab)
      for budget in budgets {
        for run in try expansion.runs(budget: budget) where seen.insert(run.spec).inserted {
          runs.append(run)
        }
      }
    }
    return runs
  }
}

extension Grid {
  /// Refuses what no law can mend: an axis that its family does not have, a value outside its axis,
  /// a fit without its axes.
  public func check() throws(ExpansionError) {
    try checkFits()
    for family in families { try family.checkAxes() }
  }
}

extension Grid.Family {
  /// All points in order; the base alone when nothing is swept.
  public var points: [GridPoint] {
    sweeps.isEmpty ? [GridPoint()] : sweeps.flatMap(\.points)
  }

  func checkAxes() throws(ExpansionError) {
    for sweep in sweeps {
      for axis in sweep.axes {
        guard kind == .moe || axis.axis.appliesToDense else {
          throw .axisNeedsExperts(axis: axis.axis, family: name)
        }
        for value in axis.values where !axis.axis.allows(value) {
          throw .outsideAxis(axis: axis.axis, value: value, family: name)
        }
      }
    }
  }
}

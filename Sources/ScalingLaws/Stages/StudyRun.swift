/// A finished run with what each stage of the chain reads of it.
public struct StudyRun: Hashable, Codable, Sendable {
  public var observed: ObservedRun
  /// N without the vocabulary; nil where it is not known.
  public var parameters: Double?
  /// What was tuned; empty where it is not known.
  public var settings: [Hyperparameter: Double]

  public init(
    _ observed: ObservedRun, parameters: Double? = nil, settings: [Hyperparameter: Double] = [:]
  ) {
    self.observed = observed
    self.parameters = parameters
    self.settings = settings
  }
}

extension StudyRun {
  /// As a run of a sweep at its budget.
  public var tuning: TuningRun {
    TuningRun(
      run: observed.id, cell: .budget(observed.budget), loss: observed.loss, settings: settings)
  }

  /// As a point of an isoFLOP profile over M.
  public var profilePoint: IsoFLOPPoint {
    IsoFLOPPoint(
      run: observed.id, budget: observed.budget, size: observed.flopsPerToken,
      tokens: observed.compute / observed.flopsPerToken, loss: observed.loss)
  }
}

extension [StudyRun] {
  /// The runs of each family by its label, in their own order.
  var byFamily: [String: [StudyRun]] {
    var labels: [Int64: String] = [:]
    for member in FamilyRuns.grouping(RunGroup.grouping(map(\.observed))) {
      for run in member.groups.flatMap(\.runs) { labels[run.id] = member.family.label }
    }
    return Dictionary(grouping: self) { labels[$0.observed.id] ?? $0.observed.family }
  }

  /// Of runs that differ by their settings alone, the one of lowest loss: settings off the optimum
  /// are a sweep, not seeds, and their mean is not the loss of the architecture.
  var tuned: [ObservedRun] {
    Dictionary(grouping: self) {
      SeedOfGroup(key: RunGroup.Key($0.observed), seed: $0.observed.seed)
    }
    .values.flatMap { runs -> [ObservedRun] in
      let observed = runs.map(\.observed)
      guard Set(runs.map(\.settings)).count > 1 else { return observed }
      return [observed.min { ($0.loss, $0.id) < ($1.loss, $1.id) }!]
    }
    .sorted { $0.id < $1.id }
  }
}

private struct SeedOfGroup: Hashable {
  var key: RunGroup.Key
  var seed: UInt64
}

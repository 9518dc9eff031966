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
  /// Of runs that differ by their settings alone, the one of lowest loss: settings off the optimum
  /// are a sweep, not seeds, and their mean is not the loss of the architecture.
  var tuned: [ObservedRun] {
    struct Place: Hashable {
      var key: RunGroup.Key
      var seed: UInt64
    }
    return Dictionary(grouping: self) {
      Place(key: RunGroup.Key($0.observed), seed: $0.observed.seed)
    }
    .values.flatMap { runs -> [ObservedRun] in
      let settings = Set(runs.map(\.settings))
      guard settings.count > 1 else { return runs.map(\.observed) }
      let best = runs.min {
        ($0.observed.loss, $0.observed.id) < ($1.observed.loss, $1.observed.id)
      }!
      return [best.observed]
    }
    .sorted { $0.id < $1.id }
  }
}

import Dispatch
public import Experiment
import Synchronization

extension NewRun {
  /// The runs of an expanded grid as the registry stores them, in their order. Writing and digesting
  /// specs is most of the work, and each is its own: all processors share it.
  public static func all(_ planned: [PlannedRun]) -> [NewRun] {
    let part = 1024
    let parts = (planned.count + part - 1) / part
    let finished = Mutex<[Int: [NewRun]]>([:])
    DispatchQueue.concurrentPerform(iterations: parts) { index in
      let slice = planned[(index * part)..<min((index + 1) * part, planned.count)]
      let runs = slice.map(NewRun.init)
      finished.withLock { $0[index] = runs }
    }
    return finished.withLock { finished in (0..<parts).flatMap { finished[$0] ?? [] } }
  }

  /// One of them.
  public init(_ planned: PlannedRun) {
    self.init(
      spec: planned.spec, derived: Derived(planned.spec.architecture), family: planned.family,
      budget: planned.budget,
      point: planned.point.settings.map { .init(axis: $0.axis.rawValue, value: "\($0.value)") },
      flopsError: planned.baseError, flags: planned.flags.map(\.rawValue))
  }
}

extension NewRun.Derived {
  /// What follows from `architecture`.
  public init(_ architecture: Architecture) {
    let counts = architecture.parameters
    self.init(
      parameters: counts.totalNonVocabulary, activeParameters: counts.activeNonVocabulary,
      flopsPerToken: Double(architecture.trainingFLOPsPerToken()),
      forwardFLOPsWithLogits: Double(architecture.forwardFLOPsPerToken(.complete)),
      activationRatio: architecture.activationRatio().doubleValue,
      granularity: architecture.granularity?.doubleValue,
      sharedRatio: architecture.isDense ? nil : architecture.sharedRatio.doubleValue,
      denseRatio: architecture.denseLayerRatio.doubleValue,
      attentionShare: architecture.attentionShare().doubleValue)
  }
}

import Experiment
import Registry
import ScalingLaws
import Wire

/// The laws that a grid asks to be fitted once its runs have ended.
struct StageFits: Sendable {
  /// What came of them.
  struct Outcome: Sendable {
    var laws: [LawSubmission] = []
    /// What could not be fitted, and why; a line each.
    var problems: [String] = []

    var problem: String? { problems.isEmpty ? nil : problems.joined(separator: "; ") }

    mutating func take(_ fit: Result<[LawSubmission], StageRefusal>, _ what: String) {
      switch fit {
      case .success(let laws): self.laws += laws
      case .failure(let refusal): problems.append("\(what): \(refusal)")
      }
    }
  }

  var stage: EndedStage
  var registry: Registry

  /// Fits everything that the grid asks for. What cannot be fitted is named; the rest stands.
  func fit() async throws -> Outcome {
    let fits = Set(stage.fits.compactMap(StageFit.init))
    let own = try await registry.finishedRuns(grid: stage.grid).compactMap(StudyRun.init)
    let all =
      fits.contains(.leverage)
      ? try await registry.finishedRuns(study: stage.study).compactMap(StudyRun.init) : []
    let stage = stage
    return try await offRequestPath {
      var outcome = Outcome()
      let families = Dictionary(grouping: own, by: \.observed.family).sorted { $0.key < $1.key }
      for (family, runs) in families where fits.contains(.hyperparameters) {
        outcome.take(stage.hyperparameters(of: family, runs), "hyperparameters of \(family)")
      }
      for (family, runs) in families where fits.contains(.allocation) {
        outcome.take(stage.allocation(of: family, runs), "allocation of \(family)")
      }
      if fits.contains(.leverage) { outcome.take(stage.leverage(all), "joint law of leverage") }
      return outcome
    }
  }
}

extension EndedStage {
  /// η(C) and B(C) of one family, from the runs near the best of each budget.
  fileprivate func hyperparameters(
    of family: String, _ runs: [StudyRun]
  ) -> Result<[LawSubmission], StageRefusal> {
    Result { () throws(StageRefusal) in
      let options = NearOptimalOptions()
      let selection = try NearOptimalSelection(runs: runs.map(\.tuning), options: options)
      return selection.laws.map { law in
        let quantity: SettingQuantity =
          law.quantity == .learningRate ? .learningRate : .batchTokens
        return LawSubmission(
          study: study, name: quantity.lawName(family: family), law,
          warnings: selection.warnings.map(\.description) + unfinishedWarnings,
          options: [
            "method": "near-optimal", "share": "\(options.share)",
            "bootstraps": "\(options.bootstraps)", "seed": "\(options.seed)",
          ])
      }
    }
  }

  /// M_opt(C) of one family, from the sizes tried at each budget.
  fileprivate func allocation(
    of family: String, _ runs: [StudyRun]
  ) -> Result<[LawSubmission], StageRefusal> {
    let allocation = AllocationStudy(
      points: runs.map(\.profilePoint), measure: .flopsPerToken)
    guard let route = allocation.akima.value ?? allocation.parabola.value else {
      return .failure(allocation.akima.refusal ?? .noRuns(stage: "an allocation law"))
    }
    return .success([
      LawSubmission(
        study: study, name: SettingQuantity.modelFLOPs.lawName(family: family), route.size,
        warnings: (route.warnings + allocation.warnings).map(\.description) + unfinishedWarnings,
        options: [
          "method": "isoFLOP, \(route.options.method.rawValue)",
          "bootstraps": "\(route.options.bootstraps)", "seed": "\(route.options.seed)",
        ])
    ])
  }

  /// Eq. 13 over the families' leverage of the whole study.
  fileprivate func leverage(_ runs: [StudyRun]) -> Result<[LawSubmission], StageRefusal> {
    let chain = LawChain(runs: runs, steps: [.separable, .joint])
    guard let joint = chain.joint.value else {
      return .failure(chain.joint.refusal ?? .noRuns(stage: "the joint law of leverage"))
    }
    let separable = chain.separable.value?.laws ?? []
    return .success(
      separable.map { LawSubmission(study: study, name: "leverage/\($0.label)", $0.fit) }
        + [
          LawSubmission(
            study: study, name: "leverage", joint.fit,
            warnings: joint.warnings.map(\.description) + unfinishedWarnings)
        ])
  }

  /// The runs that the laws had to do without.
  private var unfinishedWarnings: [String] {
    unfinished.sorted { $0.key < $1.key }.map { state, runs in
      "\(runs.count) run(s) of the grid are \(state) and not behind it: "
        + runs.map { "\($0)" }.joined(separator: ", ")
    }
  }
}

extension SeparableLaw {
  /// What is held, as `A at C=3e12 G=2`.
  fileprivate var label: String {
    let held = held.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue)=\(Quantity.scientific($0.value))" }
    return "\(axis.rawValue)/\(held.joined(separator: "/"))/S=\(Quantity.ratio(sharedRatio))"
  }
}

extension StudyRun {
  /// A finished run with what was tuned; none when it lacks what a loss curve needs.
  init?(_ run: FinishedRun) {
    guard let observed = ObservedRun(run) else { return nil }
    var settings: [Hyperparameter: Double] = [:]
    settings[.learningRate] = run.learningRate
    settings[.batchTokens] = run.batchTokens.map(Double.init)
    self.init(observed, parameters: run.parameters.map(Double.init), settings: settings)
  }
}

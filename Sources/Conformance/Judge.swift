import Experiment
import Supervision
import Wire

/// Turns what was seen into findings. Pure, but for a look at files that checkpoints name.
struct Judge {
  let spec: RunSpec
  let settings: ConformanceSettings

  /// What a run from start to finish says about `start`, `order`, `numbers`, `evaluation`, `result`.
  func good(_ run: ObservedRun) -> [Finding] {
    guard let started = run.started else {
      return [.failed(.start, "no `started` event; it \(run.ending(settings))")]
    }
    let shape = spec.architecture.parameters
    let counted =
      started.parameters == shape.total
      ? "" : ", \(shape.total) by the spec"
    return [
      .passed(.start, "\(started.parameters) parameters\(counted)"),
      spoiled(.order, by: run) ?? order(run), numbers(run, started),
      spoiled(.evaluation, by: run) ?? evaluation(run), spoiled(.result, by: run) ?? result(run),
    ]
  }

  /// A run that was stopped for what it printed says nothing about what would have come.
  func spoiled(_ promise: TrainerPromise, by runs: ObservedRun...) -> Finding? {
    let isSpoiled = runs.contains { if case .violation = $0.cut { true } else { false } }
    return isSpoiled ? .skipped(promise, "an attempt was stopped for what it printed") : nil
  }

  private func order(_ run: ObservedRun) -> Finding {
    let names = run.events.map(\.name)
    return .judged(
      .order,
      [
        names.first == "started" ? nil : "the first event is `\(names.first ?? "")`",
        fault(ofRepeated: "started", in: names), fault(ofSteps: run, after: 0),
        run.finished == nil ? "no `finished` event; it \(run.ending(settings))" : nil,
        fault(ofRepeated: "finished", in: names),
        names.last == "finished" ? nil : "`\(names.last ?? "")` comes after `finished`",
      ],
      else: "\(names.count) events, \(run.steps.count) of them steps")
  }

  private func fault(ofRepeated name: String, in names: [String]) -> String? {
    let count = names.count { $0 == name }
    return count > 1 ? "\(count) `\(name)` events" : nil
  }

  /// Whether steps fail to rise, or leave the run; those up to `first` may be said again.
  func fault(ofSteps run: ObservedRun, after first: Int) -> String? {
    let steps = run.steps.map(\.step)
    if let (earlier, later) = zip(steps, steps.dropFirst()).first(where: { $0 >= $1 }) {
      return "step \(later) comes after step \(earlier)"
    }
    if let outside = steps.first(where: { $0 < 1 || $0 > spec.steps }) {
      return "step \(outside) of \(spec.steps)"
    }
    return steps.contains { $0 > first } ? nil : "no `step` event after step \(first)"
  }

  private func numbers(_ run: ObservedRun, _ started: TrainerEvent.Started) -> Finding {
    let wrong = run.steps.first { $0.tokens != $0.step * spec.batchTokens }
    let active = started.activeParameters
    return .judged(
      .numbers,
      [
        wrong.map {
          "step \($0.step) says \($0.tokens) tokens; \($0.step) * \(spec.batchSequences) * "
            + "\(spec.architecture.seqLen) = \($0.step * spec.batchTokens)"
        },
        active > 0 && active <= started.parameters
          ? nil : "\(active) active parameters of \(started.parameters)",
        run.steps.isEmpty ? "no `step` event to judge" : nil,
      ],
      else: "\(spec.batchTokens) tokens a step")
  }

  private func evaluation(_ run: ObservedRun) -> Finding {
    let own = run.evaluations.filter { $0.split == "validation" }
    guard let last = own.last else { return .failed(.evaluation, "no `eval` event of validation") }
    let told = run.finished?.validationLoss
    return .judged(
      .evaluation,
      [
        last.step == spec.steps
          ? nil : "the last `eval` is after step \(last.step) of \(spec.steps)",
        told == last.loss
          ? nil
          : "the last `eval` says \(last.loss), `finished` says \(told.map { "\($0)" } ?? "nothing")",
      ],
      else: "\(own.count) of them, loss \(last.loss) at the end")
  }

  private func result(_ run: ObservedRun) -> Finding {
    guard let finished = run.finished else {
      return .failed(.result, "no `finished` event; it \(run.ending(settings))")
    }
    let flops = Double(spec.architecture.trainingFLOPsPerToken()) * Double(spec.tokens)
    return .judged(
      .result,
      [
        finished.tokens == spec.tokens
          ? nil : "`finished` says \(finished.tokens) tokens, the spec \(spec.tokens)",
        abs(finished.flops - flops) <= 1e-6 * flops
          ? nil : "`finished` says \(finished.flops) FLOPs, the spec \(flops)",
        run.exit == .code(0) ? nil : "after `finished` it \(run.ending(settings))",
      ],
      else: "loss \(finished.loss), \(finished.tokens) tokens, \(finished.flops) FLOPs")
  }

  /// What every run says about `output` and `leftovers`.
  func always(_ runs: [ObservedRun]) -> [Finding] {
    let violation = runs.lazy.compactMap { run in
      if case .violation(let violation) = run.cut { violation.fact } else { nil }
    }.first
    let left = runs.lazy.flatMap(\.leftBehind).first.map {
      "the process \($0) was still there two seconds after the trainer had exited"
    }
    let events = runs.reduce(0) { $0 + $1.events.count }
    return [
      .judged(.output, [violation], else: "\(events) events in \(runs.count) attempts"),
      .judged(.leftovers, [left], else: "none after \(runs.count) attempts"),
    ]
  }
}

import Experiment
import Supervision
import Wire

extension Judge {
  /// What a run that diverges, two bad specs and a missing corpus, in this order, say about
  /// `divergence`, `badSpec` and `noCorpus`.
  func refused(_ runs: [ObservedRun]) -> [Finding] {
    let bad = [(runs[1], "steps = 0"), (runs[2], "a spec that is no JSON")]
    return [
      spoiled(.divergence, by: runs[0]) ?? divergence(runs[0]),
      .judged(
        .badSpec, bad.map { fault(ofRefusal: $0, of: $1, code: 64) },
        else: "\(bad.map(\.1).joined(separator: " and ")) are"),
      .judged(
        .noCorpus, [fault(ofRefusal: runs[3], of: "an unknown corpus", code: nil)],
        else: runs[3].ending(settings)),
    ]
  }

  private func divergence(_ run: ObservedRun) -> Finding {
    let rate = spec.diverging.optimiser.learningRate
    guard let diverged = run.diverged else {
      return .failed(
        .divergence, "with a learning rate of \(rate) no `diverged` event; it \(run.ending(settings))"
      )
    }
    return .judged(
      .divergence,
      [
        run.finished == nil ? nil : "`diverged` and `finished` in one run",
        run.cut == nil ? nil : "after `diverged` it \(run.ending(settings))",
      ],
      else: "after step \(diverged.step): \(diverged.reason)")
  }

  private func fault(ofRefusal run: ObservedRun, of what: String, code: Int32?) -> String? {
    if run.finished != nil || run.exit == .code(0) {
      return "\(what) was taken: it \(run.ending(settings))"
    }
    guard case .code(let status) = run.exit, run.cut == nil, status != 75,
      code == nil || status == code
    else { return "given \(what), it \(run.ending(settings))" }
    return run.log.isEmpty ? "given \(what), it says nothing on standard error" : nil
  }
}

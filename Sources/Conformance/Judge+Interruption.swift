import Foundation
import Supervision
import Wire

extension Judge {
  /// What an interrupted run says about `sigterm`, `resume`, `request`, `kill` and `sameLoss`.
  func interrupted(_ run: InterruptedRun, good: ObservedRun) -> [Finding] {
    let sigterm =
      spoiled(.sigterm, by: run.leaving) ?? sigterm(run.leaving, in: run.folder)
    guard let saved = run.leaving.checkpoints.last, let killed = run.killed, let last = run.last
    else {
      let why = "there is no checkpoint to go on from"
      return [sigterm] + [.resume, .request, .kill, .sameLoss].map { .skipped($0, why) }
    }
    return [
      sigterm, spoiled(.resume, by: killed) ?? resume(killed, from: saved),
      spoiled(.request, by: killed) ?? request(killed),
      spoiled(.kill, by: killed, last)
        ?? kill(last, from: killed.checkpoints.last ?? saved, killed),
      sameLoss(last, as: good),
    ]
  }

  private func sigterm(_ run: ObservedRun, in folder: URL) -> Finding {
    guard run.nudges[.leave] != nil else {
      return .failed(.sigterm, "no `step` event came at which to send it; it \(run.ending(settings))")
    }
    guard run.cut == nil, run.exit == .code(75) else {
      return .failed(.sigterm, "after SIGTERM it \(run.ending(settings))")
    }
    guard let saved = run.checkpoints.last else {
      return .failed(.sigterm, "it left with exit code 75, but printed no `checkpoint` event")
    }
    guard FileManager.default.fileExists(atPath: folder.appending(path: saved.path).path) else {
      return .failed(.sigterm, "the checkpoint \(saved.path) is not in its working directory")
    }
    let seconds = (run.leaving ?? .zero) / .seconds(1)
    let time = String(format: "%.1f s", seconds)
    return .passed(.sigterm, "a checkpoint after step \(saved.step), gone in \(time)")
  }

  private func resume(_ run: ObservedRun, from saved: TrainerEvent.Checkpoint) -> Finding {
    guard let started = run.started else {
      return .failed(.resume, "the second attempt printed no `started`; it \(run.ending(settings))")
    }
    return .judged(
      .resume,
      [
        fault(ofFirst: started.firstStep, after: saved), fault(ofSteps: run, after: saved.step),
      ],
      else: "first_step \(started.firstStep)")
  }

  private func fault(ofFirst first: Int, after saved: TrainerEvent.Checkpoint) -> String? {
    first == saved.step
      ? nil
      : "the checkpoint \(saved.path) holds \(saved.step) steps, `started` says first_step \(first)"
  }

  private func request(_ run: ObservedRun) -> Finding {
    guard run.started?.checkpointsOnRequest == true else {
      return .skipped(.request, "not claimed by `started`")
    }
    guard run.nudges[.checkpoint] != nil else {
      return .failed(.request, "no `step` event came at which to send it; it \(run.ending(settings))")
    }
    guard let saved = run.checkpoints.last, run.cut == .kill else {
      return .failed(.request, "after SIGUSR1 it \(run.ending(settings))")
    }
    return .passed(.request, "a checkpoint after step \(saved.step)")
  }

  private func kill(
    _ run: ObservedRun, from saved: TrainerEvent.Checkpoint, _ killed: ObservedRun
  ) -> Finding {
    guard killed.cut == .kill else {
      return .failed(.kill, "it could not be killed in training: it \(killed.ending(settings))")
    }
    guard let started = run.started else {
      return .failed(.kill, "started again it printed no `started`; it \(run.ending(settings))")
    }
    return .judged(
      .kill,
      [
        fault(ofFirst: started.firstStep, after: saved),
        run.finished != nil && run.exit == .code(0)
          ? nil : "started again it \(run.ending(settings))",
      ],
      else: "went on after step \(started.firstStep)")
  }

  private func sameLoss(_ run: ObservedRun, as good: ObservedRun) -> Finding {
    guard let own = run.finished, let other = good.finished else {
      return .skipped(.sameLoss, "there are no two finished runs to compare")
    }
    if own.loss == other.loss, own.validationLoss == other.validationLoss {
      return .passed(.sameLoss, "\(own.loss) in both")
    }
    let why = "\(own.loss) and \(other.loss)"
    return settings.exact
      ? .failed(.sameLoss, why) : .skipped(.sameLoss, "\(why); --exact asks for the same")
  }
}

import Foundation
import Supervision
import Wire

/// Three attempts at one run: told to leave, killed, left alone.
struct InterruptedRun {
  var leaving: ObservedRun
  /// Where `leaving` worked.
  var folder: URL
  /// Made when `leaving` left a checkpoint.
  var killed: ObservedRun?
  var last: ObservedRun?

  init(leaving: ObservedRun, folder: URL) {
    self.leaving = leaving
    self.folder = folder
  }

  var all: [ObservedRun] { [leaving, killed, last].compactMap(\.self) }

  /// Kills a trainer at the step `goal`; one that takes requests is first asked for a checkpoint
  /// there, and killed after a step beyond that.
  static func planToKill(after goal: Int) -> TrainerObserver.Plan {
    { events in
      guard case .step(let step) = events.last, step.step >= goal else { return nil }
      guard asks(events) else { return .kill }
      return saved(events, after: goal) == nil ? .checkpoint : .kill
    }
  }

  private static func asks(_ events: [TrainerEvent]) -> Bool {
    if case .started(let started) = events.first { return started.checkpointsOnRequest }
    return false
  }

  private static func saved(_ events: [TrainerEvent], after goal: Int) -> Int? {
    events.lazy.compactMap { event -> Int? in
      if case .checkpoint(let saved) = event, saved.step >= goal { saved.step } else { nil }
    }.first
  }
}

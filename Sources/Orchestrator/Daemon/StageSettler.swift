import Experiment
import Foundation
import Logging
import Registry
import Wire

/// Fits what a grid asks for once all of its runs have ended, and expands the grids that waited for it.
struct StageSettler: Sendable {
  var registry: Registry
  var clock: WallClock
  /// Where prepared corpora are.
  var data: URL
  var log: Logger

  /// Settles every grid that has ended, and those that this gives runs which have all ended before.
  /// Returns whether any grid was given runs.
  func settle() async throws -> Bool {
    var hasExpanded = false
    while true {
      let ended = try await registry.endedStages().first
      var settlement = Settlement(grid: ended?.grid)
      if let ended {
        let fits = try await StageFits(stage: ended, registry: registry).fit()
        settlement.laws = fits.laws
        settlement.problem = fits.problem
      }
      try await expandWaiting(&settlement)
      if ended == nil, settlement.expansions.isEmpty, settlement.refusals.isEmpty {
        return hasExpanded
      }
      hasExpanded = hasExpanded || !settlement.expansions.isEmpty
      try await registry.settle(settlement, now: clock.now())
      if let ended {
        log.notice(
          "grid settled",
          metadata: [
            "study": "\(ended.study)", "grid": "\(ended.name)", "laws": "\(settlement.laws.count)",
            "problem": "\(settlement.problem ?? "none")",
          ])
      }
    }
  }

  /// Adds the blocked grids that have all their laws, counting those that are about to be recorded.
  private func expandWaiting(_ settlement: inout Settlement) async throws {
    let older = try await registry.settingLaws()
    for blocked in try await registry.blockedGrids() where blocked.problem == nil {
      var laws: [LawRow] = []
      var isWaiting = false
      for wait in blocked.waits {
        let isEnding = wait.source == settlement.grid
        let law =
          isEnding
          ? settlement.laws.first { $0.name == wait.law }.map(LawRow.init) : wait.recorded
        if let law {
          laws.append(law)
        } else if isEnding || wait.isOver {
          settlement.refusals[blocked.grid] =
            "\(wait.law) could not be fitted to grid \(wait.sourceName)"
        } else {
          isWaiting = true
        }
      }
      guard !isWaiting, settlement.refusals[blocked.grid] == nil else { continue }
      do {
        let grid = try JSONDecoder().decode(Grid.self, from: Data(blocked.source.utf8))
        // The laws that it waits for come first, so that they are the latest.
        let planner = Planner(data: data, fitted: laws + older)
        settlement.expansions[blocked.grid] = try planner.stage(grid).expansion
      } catch {
        settlement.refusals[blocked.grid] = "\(error)"
      }
    }
  }
}

extension LawRow {
  /// A law that is about to be recorded; its number is not known yet.
  fileprivate init(_ law: LawSubmission) {
    self.init(
      id: 0, study: law.study, name: law.name, form: law.form, parameters: law.parameters,
      warnings: law.warnings, detail: law.detail, runs: law.runs.count,
      inputSHA256: law.inputSHA256, createdAt: 0)
  }
}

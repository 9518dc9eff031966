import Wire

extension Status {
  /// Grids, then workers, as of `now` (milliseconds since 1970).
  func rendered(width: Int?, now: Int64) -> String {
    var grids = TextTable([
      "study", "grid", ">runs", ">queued", ">running", ">finished", ">diverged", ">failed",
      ">cancelled", ">done", "", ">best loss",
    ])
    for study in studies {
      let fraction = study.flops > 0 ? study.flopsDone / study.flops : 0
      grids.append(
        [study.study, study.grid, "\(study.total)"]
          + RunState.allCases.map { state in
            study.counts[state.rawValue].map { "\($0)" } ?? ""
          }
          + [
            "\(Int(fraction * 100))%", Screen.bar(fraction, cells: 12),
            study.bestValidationLoss.map { Quantity.decimal($0, places: 4) } ?? "",
          ])
    }
    var machines = TextTable(["worker", "host", ">slots", "seen", "runs"])
    for worker in workers where !worker.left {
      machines.append([
        worker.id, worker.host, "\(worker.slots)",
        Quantity.duration(Double(now - worker.seenAt) / 1000) + " ago",
        worker.runs.map { "\($0)" }.joined(separator: " "),
      ])
    }
    let parts =
      [
        grids.isEmpty ? "no grid yet: orchestrator submit grid.yaml" : grids.rendered(width: width)
      ]
      + studies.compactMap(\.reason) + queueNotes(now: now) + [
        machines.isEmpty ? "no worker is connected" : machines.rendered(width: width)
      ]
    return parts.joined(separator: "\n\n")
  }
}

extension Status {
  /// What is paused, and the hosts that get no runs.
  fileprivate func queueNotes(now: Int64) -> [String] {
    let aside = nodes.filter { ($0.setAsideUntil ?? 0) > now }
    return paused.map { part in
      (part.study.map { "study \($0)" } ?? "grid \(part.grid ?? 0)") + " is paused"
    } + (aside.isEmpty ? [] : [TextTable.nodes(aside, now: now).rendered()])
  }
}

extension StudyStatus {
  /// Why the grid has no runs, or no laws.
  fileprivate var reason: String? {
    if let problem { return "grid \(grid): \(problem)" }
    return waits.isEmpty ? nil : "grid \(grid) waits for \(waits.joined(separator: ", "))"
  }
}

import Wire

/// How far the runs of one file's grids are: pure, from what the registry says of them.
struct GridProgress {
  /// Seconds that each run was expected to take on one slot.
  private var expected: [Int64: Double] = [:]
  var slots: Int
  private(set) var reported: Set<Int64> = []
  private(set) var rows: [RunRow] = []

  init(slots: Int) { self.slots = slots }

  /// Takes a forecast of a grid's runs, in order of expansion.
  mutating func expect(_ rows: [RunRow], seconds: [Double]) {
    for (row, seconds) in zip(rows, seconds) { expected[row.id] = seconds }
  }

  /// Whether nothing is left to do.
  var isComplete: Bool { !rows.isEmpty && rows.allSatisfy(\.state.isEnded) }

  /// Takes the registry's word, and returns the runs that have ended since the last one.
  mutating func update(_ rows: [RunRow]) -> [RunRow] {
    self.rows = rows
    let ended = rows.filter { $0.state.isEnded && !reported.contains($0.id) }
    reported.formUnion(ended.map(\.id))
    return ended
  }

  /// The part of the expected work that is done, 0 to 1.
  var fraction: Double {
    let all = rows.reduce(0) { $0 + seconds($1) }
    guard all > 0 else { return 0 }
    return rows.reduce(0) { $0 + seconds($1) * done($1) } / all
  }

  /// Seconds until the last run ends, by the pace of those that have finished.
  var secondsLeft: Double {
    let left = rows.reduce(0) { $0 + seconds($1) * (1 - done($1)) }
    let longest = rows.reduce(0) { max($0, seconds($1) * (1 - done($1))) }
    return max(left / Double(slots), longest) * pace
  }

  /// The progress in one line.
  var line: String {
    let running = rows.filter { $0.state == .leased }.count
    let ended = rows.filter(\.state.isEnded).count
    return "\(Screen.bar(fraction)) \(Int(fraction * 100))%  \(ended)/\(rows.count) runs, "
      + "\(running) running, \(Quantity.duration(secondsLeft)) left"
  }

  private func seconds(_ run: RunRow) -> Double { expected[run.id] ?? 0 }

  private func done(_ run: RunRow) -> Double {
    if run.state.isEnded { return 1 }
    guard let step = run.step, let steps = run.steps, steps > 0 else { return 0 }
    return min(1, Double(step) / Double(steps))
  }

  /// Measured over expected seconds of the finished runs.
  private var pace: Double {
    let timed = rows.compactMap { run in run.seconds.map { ($0, seconds(run)) } }
    let expected = timed.reduce(0) { $0 + $1.1 }
    return expected > 0 ? timed.reduce(0) { $0 + $1.0 } / expected : 1
  }
}

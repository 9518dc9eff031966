import Foundation

/// The table at the end.
struct Summary {
  let blows: Blows
  let record: Record

  var text: String {
    var lines = [Self.line("struck", "SIGKILL", "SIGSTOP past the lease")]
    for part in Part.allCases {
      lines.append(
        Self.line(part.rawValue, "\(blows.kills[part] ?? 0)", "\(blows.freezes[part] ?? 0)"))
    }
    lines.append(
      Self.line("all", "\(blows.killed)", "\(blows.freezes.values.reduce(0, +))"))
    lines.append("")
    lines += record.attempts.map { Self.line("attempts: \($0.outcome)", "\($0.count)") }
    lines += [
      Self.line("attempts: all", "\(record.attempts.reduce(0) { $0 + $1.count })"),
      Self.line("resumed from a checkpoint", "\(record.resumed)"),
      Self.line("leases taken back", "\(record.revived)"),
      Self.line("away for more than a lease", "\(blows.absences)"),
      Self.line("put back by hand", "\(blows.hurried)"),
      Self.line("wall time", Self.seconds(blows.duration)),
    ]
    return lines.joined(separator: "\n")
  }

  static func seconds(_ duration: Duration) -> String {
    String(format: "%.1f s", duration / .seconds(1))
  }

  private static func line(_ cells: String...) -> String {
    let padding = String(repeating: " ", count: max(0, 28 - cells[0].count))
    return cells[0] + padding
      + cells.dropFirst().map {
        String(repeating: " ", count: max(0, 24 - $0.count)) + $0
      }.joined()
  }
}

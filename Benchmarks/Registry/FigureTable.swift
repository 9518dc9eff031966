import Foundation

/// One line: what was measured, what was asked for, and what bounds it on this machine.
struct Figure {
  enum Bound {
    case atLeast(Double)
    case atMost(Double)
  }

  var what: String
  var unit: String
  var measured: Double
  var asked: Bound?
  /// The physical limit of the same kind, measured in the same run.
  var limit: Double?
}

/// The table of all figures, printed line by line as they come.
struct FigureTable {
  private let start = ContinuousClock.now

  init() {
    print("load average at the start: \(Self.load)")
    print(Self.line("what", "measured", "asked", "limit", "ratio", ""))
  }

  func add(_ figures: [Figure]) {
    for figure in figures {
      let (asked, verdict): (String, String) =
        switch figure.asked {
        case .atLeast(let bound)?:
          ("≥ \(Self.text(bound))", figure.measured >= bound ? "" : "missed")
        case .atMost(let bound)?:
          ("≤ \(Self.text(bound))", figure.measured <= bound ? "" : "missed")
        case nil: ("", "")
        }
      print(
        Self.line(
          "\(figure.what), \(figure.unit)", Self.text(figure.measured), asked,
          figure.limit.map(Self.text) ?? "",
          figure.limit.map { Self.text(figure.measured / $0) } ?? "", verdict))
    }
    fflush(nil)
  }

  func finish() {
    print("load average at the end: \(Self.load), after \(start.duration(to: .now))")
  }

  private static func line(_ cells: String...) -> String {
    let widths = [62, 12, 12, 12, 8, 8]
    return zip(cells, widths).enumerated().map { index, cell in
      let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index == 0 ? cell.0 + padding : padding + cell.0
    }.joined(separator: " ")
  }

  private static func text(_ value: Double) -> String {
    value >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
  }

  private static var load: String {
    var averages = [0.0, 0, 0]
    getloadavg(&averages, 3)
    return averages.map { String(format: "%.2f", $0) }.joined(separator: " ")
  }
}

extension [Duration] {
  /// The value below which `share` of them lie.
  func percentile(_ share: Double) -> Duration {
    sorted()[Swift.min(count - 1, Int(Double(count) * share))]
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

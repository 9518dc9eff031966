import Foundation

/// Numbers as people read them.
enum Quantity {
  /// FLOPs and other large numbers: `1e12`, `3.02e11`.
  static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    let parts = String(format: "%.2e", value).split(separator: "e")
    return "\(trimmed(String(parts[0])))e\(Int(parts[1]) ?? 0)"
  }

  /// Counts with a unit prefix: `1.31M`, `17.5B`, `412`.
  static func count(_ value: Double) -> String {
    let units: [(Double, String)] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
    // A value that rounds up to the next unit is written in it.
    guard let (size, unit) = units.first(where: { abs(value) >= 0.9995 * $0.0 }) else {
      return trimmed(decimal(value, places: 0))
    }
    let scaled = value / size
    return trimmed(decimal(scaled, places: scaled < 10 ? 2 : scaled < 100 ? 1 : 0)) + unit
  }

  /// A ratio of small whole numbers as a fraction when it is one: `1/32`, `0.034`.
  static func ratio(_ value: Double) -> String {
    if value == 0 || value == 1 { return value == 0 ? "0" : "1" }
    let inverse = 1 / value
    if inverse > 1, abs(inverse - inverse.rounded()) < 1e-6 * inverse {
      return "1/\(Int(inverse.rounded()))"
    }
    return trimmed(decimal(value, places: 3))
  }

  /// Seconds as `48s`, `3m20s`, `2h05m`, `9d04h`, `236 years`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    guard seconds < 2 * 365.25 * 86_400 else {
      return "\(count(seconds / (365.25 * 86_400))) years"
    }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole)s"
    case ..<3600: return "\(whole / 60)m\(twoDigits(whole % 60))s"
    case ..<172_800: return "\(whole / 3600)h\(twoDigits(whole % 3600 / 60))m"
    default: return "\(whole / 86_400)d\(twoDigits(whole % 86_400 / 3600))h"
    }
  }

  /// A fixed number of decimals.
  static func decimal(_ value: Double, places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  /// A signed percentage: `+0.31%`.
  static func percent(_ fraction: Double) -> String {
    String(format: "%+.2f%%", fraction * 100)
  }

  private static func twoDigits(_ value: Int) -> String { String(format: "%02d", value) }

  private static func trimmed(_ decimals: String) -> String {
    guard decimals.contains(".") else { return decimals }
    let kept = decimals.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(kept.reversed())
  }
}

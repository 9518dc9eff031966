import Foundation

extension Axis {
  /// A tick: where, and what is written.
  struct Tick: Hashable {
    var value: Double
    var label: String
  }

  /// Ticks inside `span`, about four to ten of them.
  func ticks(in span: ClosedRange<Double>) -> [Tick] {
    values(in: span).map { Tick(value: $0, label: text(for: $0)) }
  }

  private func values(in span: ClosedRange<Double>) -> [Double] {
    switch (scale, ticks) {
    case (.linear, _):
      return Self.evenValues(in: span)
    case (.log, .powersOfTwo):
      let first = Int(ceil(log2(span.lowerBound) - 1e-9))
      let last = Int(floor(log2(span.upperBound) + 1e-9))
      guard first <= last else { return [] }
      let exponents = first...last
      let stride = max(1, (exponents.count + 9) / 10)
      return exponents.filter { $0.isMultiple(of: stride) }.map { exp2(Double($0)) }
    case (.log, _):
      let decades = log10(span.upperBound / span.lowerBound)
      if decades < 0.6 { return Self.evenValues(in: span) }
      let mantissas: [Double] =
        if decades >= 4 {
          [1]
        } else if decades >= 1.7 {
          [1, 3]
        } else if decades >= 1 {
          [1, 2, 5]
        } else {
          [1, 1.5, 2, 3, 4, 5, 7]
        }
      return Self.decadeValues(in: span, mantissas: mantissas, decades: decades)
    }
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private static func evenValues(in span: ClosedRange<Double>) -> [Double] {
    let width = span.upperBound - span.lowerBound
    guard width > 0 else { return [span.lowerBound] }
    let magnitude = pow(10, floor(log10(width / 5)))
    let step = [1.0, 2, 5, 10].map { $0 * magnitude }.first { width / $0 <= 8 } ?? magnitude * 10
    let first = Int(ceil(span.lowerBound / step - 1e-9))
    let last = Int(floor(span.upperBound / step + 1e-9))
    guard first <= last else { return [] }
    return (first...last).map { Double($0) * step }
  }

  private static func decadeValues(
    in span: ClosedRange<Double>, mantissas: [Double], decades: Double
  ) -> [Double] {
    let exponents = Int(floor(log10(span.lowerBound)))...Int(ceil(log10(span.upperBound)))
    let stride = max(1, Int(decades) / 10 + 1)
    let low = span.lowerBound * (1 - 1e-9)
    let high = span.upperBound * (1 + 1e-9)
    var values: [Double] = []
    for exponent in exponents where exponent.isMultiple(of: stride) {
      let power = pow(10, Double(exponent))
      values += mantissas.map { $0 * power }.filter { $0 >= low && $0 <= high }
    }
    return values
  }

  private func text(for value: Double) -> String {
    switch ticks {
    case .decimal:
      return Self.decimal(value)
    case .powersOfTwo:
      return value >= 1 ? Self.decimal(value) : "1/" + Self.decimal(1 / value)
    case .scientific:
      guard value != 0 else { return "0" }
      let exponent = Int(floor(log10(abs(value)) + 1e-9))
      let mantissa = Self.decimal(value / pow(10, Double(exponent)))
      let power = "10" + Self.superscript(exponent)
      return mantissa == "1" ? power : "\(mantissa)·\(power)"
    }
  }

  /// Six significant digits without trailing zeros.
  private static func decimal(_ value: Double) -> String {
    let text = String(format: "%.6g", value)
    return text == "-0" ? "0" : text.replacing("-", with: "−")
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(
      String(exponent).map { character in
        character.wholeNumberValue.map { digits[$0] } ?? "⁻"
      })
  }
}

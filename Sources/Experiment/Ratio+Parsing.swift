extension Ratio {
  /// Reads a whole number, a decimal with or without exponent, a fraction of two of those, or a
  /// percentage, exactly: `8`, `0.25`, `1e-3`, `1/32`, `3.1%`. Anything else is nil, and so is a
  /// value with a term above 10⁹ in lowest terms: below it, products of two ratios always fit.
  public init?(parsing text: some StringProtocol) {
    var body = Substring(text)
    body.trimSpaces()
    var scale = 0
    if body.last == "%" {
      body.removeLast()
      body.trimSpaces()
      scale = -2
    }
    let terms = body.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard var first = Decimal(terms[0]) else { return nil }
    first.exponent += scale
    guard terms.count == 2 else {
      guard let value = first.ratio else { return nil }
      self = value
      return
    }
    guard let second = Decimal(terms[1])?.ratio, second.numerator > 0, let top = first.ratio,
      let value = (top / second).bounded
    else { return nil }
    self = value
  }

  private static let largestTerm = 1_000_000_000

  private var bounded: Ratio? {
    numerator.magnitude <= Ratio.largestTerm && denominator <= Ratio.largestTerm ? self : nil
  }

  /// digits · 10^exponent.
  private struct Decimal {
    var digits: Int
    var exponent: Int

    init?(_ text: Substring) {
      var rest = text
      rest.trimSpaces()
      let negative = rest.first == "-"
      if negative || rest.first == "+" { rest.removeFirst() }
      exponent = 0
      if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
        let power = rest[rest.index(after: mark)...]
        guard let value = Int(power), abs(value) <= 18 else { return nil }
        exponent = value
        rest = rest[..<mark]
      }
      let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let fraction = parts.count == 2 ? parts[1] : ""
      let significand = (parts.first ?? "") + fraction
      guard !significand.isEmpty, significand.utf8.allSatisfy({ (48...57).contains($0) }),
        let value = Int(significand)
      else { return nil }
      digits = negative ? -value : value
      exponent -= fraction.count
    }

    /// The exact value in lowest terms, or nil when a term does not fit.
    var ratio: Ratio? {
      var (numerator, denominator) = (digits, 1)
      for _ in 0..<abs(exponent) {
        let grown = exponent > 0 ? numerator : denominator
        let (value, overflow) = grown.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        if exponent > 0 { numerator = value } else { denominator = value }
      }
      return Ratio(numerator, denominator).bounded
    }
  }
}

extension Substring {
  fileprivate mutating func trimSpaces() {
    while first == " " { removeFirst() }
    while last == " " { removeLast() }
  }
}

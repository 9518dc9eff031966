import Registry

/// One metric with all its samples, as Prometheus reads it: text exposition format 0.0.4.
struct MetricFamily {
  enum Kind: String {
    case counter, gauge, histogram
  }

  struct Sample {
    /// What follows the family's name: `_bucket`, `_sum`, `_count` or nothing.
    var suffix = ""
    var labels: [(name: String, value: String)]
    var value: Double
  }

  let name: String
  let kind: Kind
  let help: String
  private(set) var samples: [Sample] = []

  /// Names follow Prometheus's conventions: the unit in the plural, `_total` at a counter's end.
  init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  /// A family of one sample without labels.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    self.init(name, kind, help)
    add(value)
  }

  /// A histogram without labels.
  init(_ name: String, _ help: String, _ durations: Durations.Snapshot) {
    self.init(name, .histogram, help)
    add(durations)
  }

  mutating func add(_ value: Double, _ labels: (name: String, value: String)...) {
    samples.append(Sample(labels: labels, value: value))
  }

  /// Adds a histogram: each bucket counts what took at most `le`.
  mutating func add(_ durations: Durations.Snapshot, _ labels: (name: String, value: String)...) {
    var below = 0
    for (bound, count) in zip(Durations.bounds.map(Self.number) + ["+Inf"], durations.counts) {
      below += count
      samples.append(
        Sample(suffix: "_bucket", labels: labels + [("le", bound)], value: Double(below)))
    }
    samples.append(Sample(suffix: "_sum", labels: labels, value: durations.sum))
    samples.append(Sample(suffix: "_count", labels: labels, value: Double(below)))
  }

  /// The family as text, each line ended; nothing without samples.
  var exposition: String {
    guard !samples.isEmpty else { return "" }
    let help = Self.escaped(help, quotes: false)
    var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
      text += name + sample.suffix
      if !labels.isEmpty { text += "{\(labels.joined(separator: ","))}" }
      text += " \(Self.number(sample.value))\n"
    }
    return text
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}

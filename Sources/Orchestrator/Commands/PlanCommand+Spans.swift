public import ArgumentParser
import Experiment
public import ScalingLaws

/// A whole number, or two with `..` between them: `20`, `16..32`.
struct CountSpan: ExpressibleByArgument {
  var range: ClosedRange<Int>

  init?(argument: String) {
    let ends = SpanText.ends(of: argument).map { Int($0) }
    guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high
    else { return nil }
    range = low...high
  }
}

/// A ratio, or two with `..` between them: `1/32`, `1/64..1/16`, `3.1%`.
extension RatioChoice: ExpressibleByArgument {
  public init?(argument: String) {
    let ends = SpanText.ends(of: argument).map { Ratio(parsing: $0)?.doubleValue }
    guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high
    else { return nil }
    self = ends.count == 1 ? .value(low) : .range(low...high)
  }
}

private enum SpanText {
  /// One text or two; more for a value that no span is.
  static func ends(of text: String) -> [Substring] {
    text.split(separator: "..", omittingEmptySubsequences: false)
  }
}

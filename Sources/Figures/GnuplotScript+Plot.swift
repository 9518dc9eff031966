extension GnuplotScript {
  /// Markers by order of the names: filled, and hollow of the same shape.
  private static let shapes = [(7, 6), (5, 4), (9, 8), (13, 12), (11, 10)]

  /// One block a series: x, y, low, high. Without an interval low and high are y.
  mutating func writeData() {
    for (index, series) in figure.series.enumerated() {
      writeBlock("$series\(index)", series.points, of: series)
      if series.drawing.contains(.markers) {
        writeBlock("$filled\(index)", series.points.filter { !$0.isHollow }, of: series)
        writeBlock("$hollow\(index)", series.points.filter(\.isHollow), of: series)
      }
    }
  }

  private mutating func writeBlock(_ name: String, _ points: [Series.Point], of series: Series) {
    guard !points.isEmpty else { return }
    line("\(name) << END")
    for point in points.sorted(by: { ($0.x, $0.y) < ($1.x, $1.y) }) {
      let interval = point.interval ?? point.y...point.y
      let values = [
        dodged(point.x, of: series), point.y, interval.lowerBound, interval.upperBound,
      ]
      line(values.map(Self.number).joined(separator: " "))
    }
    line("END")
  }

  /// x moved apart from the other names' by 0.7 % of the axis.
  private func dodged(_ x: Double, of series: Series) -> Double {
    let names = figure.names
    guard figure.dodges, names.count > 1, let place = names.firstIndex(of: series.name) else {
      return x
    }
    let scale = figure.x.scale
    let span = figure.xSpan
    let length = scale.position(of: span.upperBound) - scale.position(of: span.lowerBound)
    // The first name stands leftmost, whichever way the axis runs.
    let direction = figure.x.isReversed ? -1.0 : 1.0
    let steps = direction * (Double(place) - Double(names.count - 1) / 2)
    return scale.value(at: scale.position(of: x) + 0.007 * length * steps)
  }

  /// Bands lie under lines, lines under markers; a name is titled once.
  mutating func writePlot() {
    var elements: [String] = []
    var titled: Set<String> = []
    func title(_ series: Series) -> String {
      titled.insert(series.name).inserted ? "title \(Self.quoted(series.name))" : "notitle"
    }
    let all = Array(figure.series.enumerated()).filter { !$0.element.points.isEmpty }
    for (index, series) in all where series.drawing.contains(.band) && !output.isText {
      elements.append(
        "$series\(index) using 1:3:4 with filledcurves fillcolor rgb '\(colour(of: series.name))' "
          + "fillstyle transparent solid 0.15 noborder notitle")
    }
    for (index, series) in all where !series.drawing.isDisjoint(with: [.line, .dashedLine]) {
      let isMarked = series.drawing.contains(.markers)
      let dash = series.drawing.contains(.dashedLine) ? " dashtype (6,4)" : ""
      let style =
        output.isText ? "" : " linecolor rgb '\(colour(of: series.name))' linewidth 1.8\(dash)"
      elements.append(
        "$series\(index) using 1:2 with lines\(style) \(isMarked ? "notitle" : title(series))")
    }
    for (index, series) in all where series.drawing.contains(.markers) {
      let hollow = series.points.contains(where: \.isHollow)
      let filled = series.points.contains { !$0.isHollow }
      if filled {
        elements.append(markers("$filled\(index)", series, isHollow: false, title(series)))
      }
      if hollow {
        elements.append(markers("$hollow\(index)", series, isHollow: true, title(series)))
      }
    }
    line("plot \(elements.joined(separator: ", \\\n  "))")
  }

  private func markers(
    _ block: String, _ series: Series, isHollow: Bool, _ title: String
  ) -> String {
    let place = figure.names.firstIndex(of: series.name) ?? 0
    let shape = Self.shapes[place % Self.shapes.count]
    if output.isText {
      return "\(block) using 1:2 with points pointtype \(place + 1) \(title)"
    }
    return "\(block) using 1:2:3:4 with yerrorbars pointtype \(isHollow ? shape.1 : shape.0) "
      + "pointsize 0.9 linecolor rgb '\(colour(of: series.name))' linewidth 1.2 \(title)"
  }
}

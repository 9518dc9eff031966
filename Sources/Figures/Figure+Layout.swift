extension Figure {
  /// Refuses values that the axes cannot show.
  ///
  /// - Throws: `empty`, `unshowable`.
  func validate() throws(FigureError) {
    guard series.contains(where: { !$0.points.isEmpty }) else { throw .empty(title: title) }
    for line in series {
      for point in line.points {
        try require(point.x, on: x, "x", of: line)
        try require(point.y, on: y, "y", of: line)
        if let interval = point.interval {
          try require(interval.lowerBound, on: y, "y", of: line)
          try require(interval.upperBound, on: y, "y", of: line)
        }
      }
    }
    for reference in references {
      let axis = reference.direction == .horizontal ? y : x
      guard axis.canShow(reference.value) else {
        throw .unshowable(
          series: reference.label, axis: reference.direction == .horizontal ? "y" : "x",
          value: reference.value, isLog: axis.scale == .log)
      }
    }
  }

  private func require(
    _ value: Double, on axis: Axis, _ name: String, of line: Series
  ) throws(FigureError) {
    guard axis.canShow(value) else {
      throw .unshowable(
        series: line.name, axis: name, value: value, isLog: axis.scale == .log)
    }
  }

  /// The names of the series, each once, in order of appearance: a name is a colour.
  var names: [String] {
    series.reduce(into: []) { names, line in
      if !names.contains(line.name) { names.append(line.name) }
    }
  }

  /// What x shows.
  var xSpan: ClosedRange<Double> {
    let values = series.flatMap { $0.points.map(\.x) }
    return x.span(of: values + references(.vertical), padding: 0.05)
  }

  /// What y shows; error bars and reference lines included.
  var ySpan: ClosedRange<Double> {
    let values = series.flatMap { line in
      line.points.flatMap { point in
        [point.y] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
      }
    }
    return y.span(of: values + references(.horizontal), padding: 0.06)
  }

  private func references(_ direction: Reference.Direction) -> [Double] {
    references.filter { $0.direction == direction }.map(\.value)
  }

  /// A name beside the end of its series; `height` is the share of the plot's height, moved so that
  /// no two names are closer than `gap`.
  struct NameLabel: Hashable {
    var name: String
    var height: Double
  }

  /// The names from bottom to top.
  func nameLabels(gap: Double) -> [NameLabel] {
    let span = ySpan
    let low = y.scale.position(of: span.lowerBound)
    let high = y.scale.position(of: span.upperBound)
    var labels = names.compactMap { name -> NameLabel? in
      let points = series.filter { $0.name == name }.flatMap(\.points)
      guard let last = points.max(by: { x.isReversed ? $0.x > $1.x : $0.x < $1.x })
      else { return nil }
      let share = (y.scale.position(of: last.y) - low) / (high - low)
      return NameLabel(name: name, height: y.isReversed ? 1 - share : share)
    }.sorted { ($0.height, $0.name) < ($1.height, $1.name) }
    for index in labels.indices.dropFirst() {
      labels[index].height = max(labels[index].height, labels[index - 1].height + gap)
    }
    // Pushed over the top, they come down again together.
    var ceiling = 1.0
    for index in labels.indices.reversed() where labels[index].height > ceiling {
      labels[index].height = ceiling
      ceiling -= gap
    }
    return labels
  }
}

extension Axis {
  fileprivate func canShow(_ value: Double) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
  }
}

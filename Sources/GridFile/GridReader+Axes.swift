import Experiment

extension GridReader {
  /// The list under `axes`: each element sweeps one axis, or the product of several.
  func sweeps(_ value: Value, kind: ModelKind?) -> [Grid.Sweep] {
    guard let elements = value.elements("a list of sweeps, such as - A: [1/2, 1/8]") else {
      return []
    }
    return elements.compactMap { element in
      guard var mapping = MappingReader(element) else { return nil }
      let axes = mapping.takeAll().compactMap { axis($0.key, $0.value, kind: kind) }
      return axes.isEmpty ? nil : Grid.Sweep(axes)
    }
  }

  private func axis(_ key: String, _ value: Value, kind: ModelKind?) -> Grid.AxisValues? {
    let usable = Axis.allCases.filter { kind != .dense || $0.appliesToDense }
    let known = usable.map(\.rawValue)
    guard let axis = Axis(rawValue: key) else {
      value.report(.unknownKey(nearest: nearestName(to: key, in: known), known: known))
      return nil
    }
    guard usable.contains(axis) else {
      value.report(
        .conflict(
          with: "kind: dense", advice: "a dense family has " + known.joined(separator: ", ")))
      return nil
    }
    return value.list("a list of values, such as [1/2, 1/8]") { element in
      element.ratio(axis.range, axis.allows)
    }.map { Grid.AxisValues(axis, $0) }
  }
}

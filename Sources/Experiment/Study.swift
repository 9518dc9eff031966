/// What one file asks for: the stages of a study, grids in order.
///
/// A stage may take its settings from laws that an earlier stage fits. It is then expanded when
/// those laws are there.
public struct Study: Hashable, Codable, Sendable {
  public var name: String
  /// Never empty; every grid's `study` is `name`, and their names differ.
  public var stages: [Grid]

  public init(name: String, stages: [Grid]) {
    self.name = name
    self.stages = stages
  }

  /// A law that a stage waits for.
  public struct AwaitedLaw: Hashable, Codable, Sendable {
    public var quantity: SettingQuantity
    public var family: String
    /// Index of the stage that fits it.
    public var stage: Int

    /// The name that it will be stored under.
    public var name: String { quantity.lawName(family: family) }
  }

  /// The laws that stage `index` takes from earlier ones: each `latest` of a family and quantity
  /// goes to the nearest earlier stage that fits it. A `latest` that none fits is the registry's.
  public func awaited(by index: Int) -> [AwaitedLaw] {
    stages[index].lawRequests.compactMap { request in
      guard request.reference == .latest else { return nil }
      let source = stages[..<index].lastIndex { stage in
        stage.fittedFamilies(of: request.quantity).contains(request.family)
      }
      return source.map {
        AwaitedLaw(quantity: request.quantity, family: request.family, stage: $0)
      }
    }
  }
}

extension Grid {
  /// The families whose law of `quantity` is fitted when this grid has ended.
  public func fittedFamilies(of quantity: SettingQuantity) -> [String] {
    fits.filter { $0.quantities.contains(quantity) }
      .flatMap { fit in families.filter { $0.sweeps(fit.axes) }.map(\.name) }
  }

  /// Refuses a fit that no family has the axes for.
  func checkFits() throws(ExpansionError) {
    for fit in fits where !families.contains(where: { $0.sweeps(fit.axes) }) {
      throw .fitLacksAxes(fit, grid: name)
    }
  }
}

extension Grid.Family {
  /// Whether every one of `axes` is swept.
  func sweeps(_ axes: [Axis]) -> Bool {
    axes.allSatisfy { axis in sweeps.contains { $0.axes.contains { $0.axis == axis } } }
  }
}

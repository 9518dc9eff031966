import Foundation

/// What a form is fitted to: one row a run, in the order in which results refer to them.
public struct LawData: Hashable, Codable, Sendable {
  /// One observation.
  public struct Row: Hashable, Codable, Sendable {
    /// The run behind it.
    public var run: Int64
    /// What is drawn together by a bootstrap over cells, such as a budget or an (N, D) pair.
    public var cell: String
    /// In the order of the form's variables, in their units.
    public var variables: [Double]
    /// What the form should give, in its quantity's unit; above 0.
    public var value: Double
    /// The precision of log `value` relative to the other rows', 1 / σ²; above 0.
    public var weight: Double

    public init(
      run: Int64, cell: String, variables: [Double], value: Double, weight: Double = 1
    ) {
      self.run = run
      self.cell = cell
      self.variables = variables
      self.value = value
      self.weight = weight
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) {
    self.rows = rows
  }
}

extension LawData {
  /// The rows as `form` sees them, in order.
  ///
  /// - Throws: `outsideDomain` for a variable or a weight, `invalidPoint` for a value without a logarithm;
  ///   `fit(.variableCount)`.
  public func points<Form: NamedLawForm>(
    for form: Form
  ) throws(ScalingLawsError) -> [FitPoint<Form.Input>] {
    var points: [FitPoint<Form.Input>] = []
    points.reserveCapacity(rows.count)
    for (index, row) in rows.enumerated() {
      guard row.variables.count == form.variables.count else {
        throw .fit(
          .variableCount(
            form: form.name, run: row.run, have: row.variables.count,
            need: form.variables.map(\.name)))
      }
      guard row.value > 0, row.value.isFinite else {
        throw .invalidPoint(index: index, value: row.value)
      }
      guard row.weight > 0, row.weight.isFinite else {
        throw .outsideDomain(
          quantity: "weight of run \(row.run)", value: row.weight, domain: "above 0")
      }
      points.append(FitPoint(input: try form.checkedInput(row.variables), logValue: log(row.value)))
    }
    return points
  }
}

import Foundation

/// How well a form fitted to all other values of a variable, such as all other budgets, predicts the
/// rows at each value.
public struct LeftOutErrors: Hashable, Codable, Sendable {
  /// One value left out.
  public struct Group: Hashable, Codable, Sendable {
    /// The smallest of the group's values; neighbours within 2 % are one group.
    public var value: Double
    public var rows: [LawFit.Row]
    /// √(Σr² / n) of log y over the group.
    public var rmse: Double
  }

  public var variable: String
  /// In order of value.
  public var groups: [Group]
  /// Over all rows.
  public var rmse: Double

  /// Leaves out each value of `variable` in turn; each fit starts from the form's grid.
  ///
  /// - Throws: what `LawFit.fit` does, and `fit(.tooFewGroups)`.
  public init(
    of form: any NamedLawForm, to data: LawData, by variable: String,
    options: FitOptions = FitOptions()
  ) throws(ScalingLawsError) {
    try options.validate(for: form)
    var kept = data
    let heldOut = try data.heldOut(options.holdOut, for: form)
    kept.rows = data.rows.indices.filter { !heldOut.contains($0) }.map { data.rows[$0] }
    let values = kept.groups(byVariable: try form.index(ofVariable: variable))
    guard values.count > 1 else {
      throw .fit(.tooFewGroups(variable: variable, have: values.count, need: 2))
    }
    self.variable = variable
    groups = []
    for group in values {
      let fitting = try Fitting(form: form, kept, options, heldOut: Set(group.rows))
      let theta = try fitting.search().best.theta
      let rows = fitting.rows(group.rows, at: theta, leverages: nil)
      groups.append(Group(value: group.value, rows: rows, rmse: rows.rootMeanSquare ?? 0))
    }
    rmse = groups.flatMap(\.rows).rootMeanSquare ?? 0
  }
}

import Foundation

extension LawData {
  /// Rows of one value of a variable.
  struct Group {
    /// The smallest of its values.
    var value: Double
    /// Indices of rows, in order.
    var rows: [Int]
  }

  /// Neighbouring values of a variable that differ by less than this factor are one: integer shapes
  /// realise a budget only nearly.
  static let sameValue = 1.02

  /// The rows by the variable at `index`, in order of its value.
  func groups(byVariable index: Int) -> [Group] {
    let order = rows.indices.sorted {
      (rows[$0].variables[index], $0) < (rows[$1].variables[index], $1)
    }
    var groups: [Group] = []
    var last = -Double.infinity
    for row in order {
      let value = rows[row].variables[index]
      if let open = groups.indices.last, value <= last * Self.sameValue {
        groups[open].rows.append(row)
      } else {
        groups.append(Group(value: value, rows: [row]))
      }
      last = value
    }
    for group in groups.indices { groups[group].rows.sort() }
    return groups
  }

  /// Indices of the rows that `holdOut` keeps from a fit.
  ///
  /// - Throws: `fit(.unknownVariable)`.
  func heldOut(
    _ holdOut: FitOptions.HoldOut, for form: any NamedLawForm
  ) throws(ScalingLawsError) -> Set<Int> {
    switch holdOut {
    case .none: []
    case .largest(let count, let name):
      Set(groups(byVariable: try form.index(ofVariable: name)).suffix(count).flatMap(\.rows))
    case .above(let threshold): Set(rows.indices.filter { rows[$0].value >= threshold })
    }
  }
}

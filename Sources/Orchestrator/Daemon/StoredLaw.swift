import Foundation
import ScalingLaws
import Wire

/// A fitted law as it is stored, ready to be evaluated.
struct StoredLaw {
  /// What came of an evaluation.
  struct Evaluation: Encodable {
    var law: Int64
    var name: String
    var value: Double
    var inputs: [String: Double]
    /// Letters of the variables outside the data behind the law.
    var extrapolated: [String]
  }

  private let row: LawRow
  private let variables: [String]
  private let value: ([Double]) throws -> Double

  /// - Throws: `APIError` for a form that this program does not know.
  init(_ row: LawRow) throws {
    self.row = row
    if let form = try? LawForms.named(row.form, options: Self.options(of: row)) {
      variables = form.variables.map(\.name)
      let values = form.parameters.map { row.value($0.name) ?? .nan }
      value = { try form.value(at: $0, parameters: values) }
    } else if let a = row.value("a"), let b = row.value("b") {
      variables = Array(row.detail.ranges.keys.prefix(1))
      value = { a * pow($0[0], b) }
    } else if let c = row.value("c"), let n = row.value("n"), let d = row.value("d") {
      variables = ["N", "D"]
      value = { c * pow($0[0], n) * pow($0[1], d) }
    } else if let alpha = row.value("α"), let beta = row.value("β") {
      let offset = row.value("E") ?? 0
      variables = Array(row.detail.ranges.keys.prefix(1))
      value = { alpha * pow($0[0], -beta) + offset }
    } else if let exponent = row.value("a_A") {
      variables = ["A"]
      value = { pow($0[0], exponent) }
    } else {
      throw APIError(
        .refused, "law \(row.id) is of the form \(row.form), which cannot be evaluated here",
        hint: "orchestrator law forms lists what can")
    }
  }

  /// The law at values by letter.
  ///
  /// - Throws: `APIError` for a letter that is missing or that the law does not have;
  ///   `ScalingLawsError` for a value outside its domain.
  func evaluate(_ values: [String: Double]) throws -> Evaluation {
    let missing = variables.filter { values[$0] == nil }
    let unknown = values.keys.filter { !variables.contains($0) }.sorted()
    guard missing.isEmpty, unknown.isEmpty else {
      throw APIError(
        .refused,
        "law \(row.id), \(row.name), takes \(variables.joined(separator: ", "))"
          + (unknown.isEmpty ? "" : " and knows no \(unknown.joined(separator: ", "))"),
        hint: "give \(variables.map { "\($0)=…" }.joined(separator: " "))")
    }
    let inputs = variables.map { values[$0]! }
    return Evaluation(
      law: row.id, name: row.name, value: try value(inputs), inputs: values,
      extrapolated: variables.filter { name in
        row.detail.ranges[name].map { range in
          !FittedRange(range.lower, range.upper).contains(values[name]!)
        } ?? false
      })
  }

  /// The options of the law's form among those of its fit.
  static func options(of row: LawRow) -> [String: String] {
    guard let form = try? LawForms.named(row.form) else { return [:] }
    let names = Set(form.options.map(\.name))
    return row.detail.options.filter { names.contains($0.key) }
  }
}

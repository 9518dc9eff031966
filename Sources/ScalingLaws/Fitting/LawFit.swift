import Foundation

/// A form fitted to data: the parameters, how sure they are, and what the data could not tell.
public struct LawFit: Hashable, Codable, Sendable {
  /// One row that was fitted or held out, and what the law says of it.
  public struct Row: Hashable, Codable, Sendable {
    public var run: Int64
    /// In the order of `variables`, in their units.
    public var variables: [Double]
    public var value: Double
    /// What the law gives there.
    public var predicted: Double
    /// How much the row's own value draws its prediction, 0 to 1; nil for a row that is held out.
    public var leverage: Double?

    /// ln value − ln predicted.
    public var residual: Double { log(value / predicted) }
  }

  /// The form's name.
  public var form: String
  /// The form's options, name → choice.
  public var formOptions: [String: String]
  /// The form written out.
  public var formula: String
  public var quantity: LawVariable
  public var variables: [LawVariable]
  public var options: FitOptions
  /// In the order of the form's parameters, fixed ones included.
  public var parameters: [FittedParameter]
  public var quality: FitQuality
  public var diagnostics: FitDiagnostics
  public var warnings: [LawWarning]
  /// Smallest and largest of each variable behind the fit, by its letter.
  public var ranges: [String: FittedRange]
  /// The rows behind the fit, in order.
  public var rows: [Row]
  /// The rows that were kept from it, in order.
  public var heldOut: [Row]
  /// The minimum in the form's coordinates θ.
  public var theta: [Double]
  /// Nil without a bootstrap.
  public var resamples: FitResamples?

  /// The runs behind the fit, in order.
  public var runs: [Int64] { rows.map(\.run) }

  /// √(Σr² / n) of the rows held out; nil when there are none.
  public var heldOutRMSE: Double? { heldOut.rootMeanSquare }

  /// The parameter of that name.
  public func parameter(_ name: String) -> FittedParameter? {
    parameters.first { $0.name == name }
  }
}

extension [LawFit.Row] {
  /// Of the residuals; nil without a row.
  var rootMeanSquare: Double? {
    isEmpty
      ? nil : (reduce(0) { $0 + $1.residual * $1.residual } / Double(count)).squareRoot()
  }
}

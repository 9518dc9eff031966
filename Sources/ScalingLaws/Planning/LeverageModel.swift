import Foundation

/// A law of efficiency leverage with its parameters, where it was fitted, and how sure it is.
public struct LeverageModel: Sendable {
  /// What is known of the law's error.
  public enum Uncertainty: Hashable, Sendable {
    /// Nothing: predictions have no interval.
    case unknown
    /// The parameters fitted to resampled data, 20 sets or more.
    case resampled([[Double]])
    /// What a paper prints: coefficients to so many digits, given as half a unit of each one's last,
    /// and the error of its fit. The interval is the span of all roundings, widened by 1.96 times
    /// the error.
    case printed(halfUnits: [Double], errors: PrintedErrors)
  }

  /// Root mean square errors of EL as printed, for leverages below and above a threshold.
  public struct PrintedErrors: Hashable, Sendable {
    public var below: Double
    public var above: Double
    public var threshold: Double
  }

  /// A form that gives EL from A, G and C, or some of them.
  public var form: any NamedLawForm
  /// In the order of the form's, in their own units.
  public var parameters: [Double]
  public var provenance: String
  /// Routed A, G and C of the models behind the law.
  public var activation: FittedRange
  public var granularity: FittedRange
  public var compute: FittedRange
  public var uncertainty: Uncertainty

  public init(
    form: any NamedLawForm, parameters: [Double], provenance: String, activation: FittedRange,
    granularity: FittedRange, compute: FittedRange, uncertainty: Uncertainty
  ) {
    self.form = form
    self.parameters = parameters
    self.provenance = provenance
    self.activation = activation
    self.granularity = granularity
    self.compute = compute
    self.uncertainty = uncertainty
  }

  /// EL at one point; A counts routed experts.
  ///
  /// - Throws: `outsideDomain`; `missingVariable` for a form that needs more than A, G and C.
  public func leverage(
    activation: Double, granularity: Double, compute: Double
  ) throws(ScalingLawsError) -> Double {
    let point = try variables(activation, granularity, compute)
    return try form.value(at: point, parameters: parameters)
  }

  /// The 95 % interval of EL; nil where the law's error is unknown.
  ///
  /// - Throws: as `leverage`.
  public func interval(
    activation: Double, granularity: Double, compute: Double
  ) throws(ScalingLawsError) -> Interval? {
    let point = try variables(activation, granularity, compute)
    func values(_ sets: [[Double]]) throws(ScalingLawsError) -> [Double] {
      var values: [Double] = []
      for set in sets { values.append(try form.value(at: point, parameters: set)) }
      return values
    }
    switch uncertainty {
    case .unknown: return nil
    case .resampled(let sets): return Interval(percentilesOf: try values(sets), level: 0.95)
    case .printed(let halfUnits, let errors):
      let center = try form.value(at: point, parameters: parameters)
      let span = try values(roundings(halfUnits)) + [center]
      let error = 1.96 * (center < errors.threshold ? errors.below : errors.above)
      return Interval(low: max(0, span.min()! - error), high: span.max()! + error)
    }
  }

  /// What the interval rests on, in words.
  public var intervalBasis: String {
    switch uncertainty {
    case .unknown: "the law's error is unknown"
    case .resampled(let sets): "95 % of \(sets.count) resampled fits"
    case .printed(_, let errors):
      "coefficients as rounded in print, ± 1.96 × the printed rmse of EL (\(errors.below) below "
        + "EL \(errors.threshold.readable), \(errors.above) above); it does not know how far the "
        + "law is extrapolated"
    }
  }

  /// The values in the order of the form's variables.
  private func variables(
    _ activation: Double, _ granularity: Double, _ compute: Double
  ) throws(ScalingLawsError) -> [Double] {
    var values: [Double] = []
    for variable in form.variables {
      switch variable.name {
      case LawVariable.activationRatio.name: values.append(activation)
      case LawVariable.granularity.name: values.append(granularity)
      case LawVariable.compute.name: values.append(compute)
      default:
        throw .missingVariable(
          form: form.name, variable: variable, needed: form.variables.map(\.name),
          given: ["A", "G", "C"])
      }
    }
    return values
  }

  /// Every parameter half a unit of its last digit up or down, in all combinations.
  private func roundings(_ halfUnits: [Double]) -> [[Double]] {
    zip(parameters, halfUnits).reduce([[]]) { sets, parameter in
      let (value, half) = parameter
      let ends = half > 0 ? [value - half, value + half] : [value]
      return sets.flatMap { set in ends.map { set + [$0] } }
    }
  }
}

extension LeverageModel {
  /// Eq. 13 of arXiv 2507.17702. Errors are those of its ICLR version: R² 0.9858, rmse 0.2169 on the
  /// 200 points with EL < 6 that were fitted, 0.5275 on the 24 with EL ≥ 6 that were held out. Table
  /// 2 prints two decimals of a and three digits of the others; A_max is in effect infinite.
  public static let ling: LeverageModel = {
    let form = JointLeverageForm()
    let table = form.published[0]
    func range(_ variable: LawVariable) -> FittedRange {
      // Table 2 has all three: a test reads them.
      table.ranges[variable.name]!
    }
    return LeverageModel(
      form: form, parameters: table.values, provenance: "\(table.name) Eq. 13",
      activation: range(.activationRatio), granularity: range(.granularity),
      compute: range(.compute),
      uncertainty: .printed(
        halfUnits: [5e-3, 5e-5, 5e-5, 5e-4, 5e-5, 0],
        errors: PrintedErrors(below: 0.2169, above: 0.5275, threshold: 6)))
  }()
}

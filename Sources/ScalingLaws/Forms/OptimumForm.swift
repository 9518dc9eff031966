/// A form that is best at one value of one of its variables, such as the granularity of highest
/// leverage.
public protocol OptimumForm: NamedLawForm {
  /// The variable that the optimum is in.
  var optimumVariable: LawVariable { get }

  /// Where the form is best, in that variable's unit; nil when these parameters have no optimum.
  ///
  /// - Parameter parameters: in their own units, in the order of `self.parameters`.
  func optimum(parameters: [Double]) -> Double?
}

import Foundation

/// ln N and ln D: what a loss law of model size and data sees of a run.
public struct SizeAndData: Sendable {
  var logN: Double
  var logD: Double
}

/// A law of the loss in N, the number of parameters, and D, the tokens.
public protocol SizeAndDataForm: NamedLawForm where Input == SizeAndData {}

extension SizeAndDataForm {
  public var quantity: LawVariable { .loss }
  public var variables: [LawVariable] { [.parameterCount, .tokens] }

  public func input(_ values: [Double]) -> SizeAndData {
    SizeAndData(logN: log(values[0]), logD: log(values[1]))
  }
}

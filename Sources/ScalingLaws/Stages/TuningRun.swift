/// A hyperparameter that a sweep varies.
public enum Hyperparameter: String, Hashable, Codable, CodingKeyRepresentable, CaseIterable,
  Sendable
{
  /// Peak learning rate η.
  case learningRate = "lr"
  /// Batch size, tokens.
  case batchTokens = "batch_tokens"

  /// The quantity that its law gives.
  public var variable: LawVariable {
    switch self {
    case .learningRate: .learningRate
    case .batchTokens: .batchTokens
    }
  }
}

/// What the runs compared with each other share.
public enum TuningCell: Hashable, Codable, Sendable {
  /// Nominal C, FLOPs.
  case budget(Double)
  /// N parameters trained on D tokens.
  case size(parameters: Double, tokens: Double)

  /// The coordinates that laws are fitted in.
  var coordinates: [Double] {
    switch self {
    case .budget(let compute): [compute]
    case .size(let parameters, let tokens): [parameters, tokens]
    }
  }

  /// The variables of `coordinates`.
  var variables: [LawVariable] {
    switch self {
    case .budget: [.compute]
    case .size: [.parameterCount, .tokens]
    }
  }
}

extension TuningCell: CustomStringConvertible {
  /// `C = 3e18`, or `N = 2.15e8, D = 1e11`.
  public var description: String {
    zip(variables, coordinates).map { "\($0.name) = \($1.readable)" }.joined(separator: ", ")
  }
}

/// One run of a hyperparameter sweep.
public struct TuningRun: Hashable, Codable, Sendable {
  public var run: Int64
  public var cell: TuningCell
  /// Final loss; every run of a selection in the same unit.
  public var loss: Double
  /// What it was trained with; above 0.
  public var settings: [Hyperparameter: Double]

  public init(run: Int64, cell: TuningCell, loss: Double, settings: [Hyperparameter: Double]) {
    self.run = run
    self.cell = cell
    self.loss = loss
    self.settings = settings
  }

  /// - Throws: `invalidObservation`.
  func validate() throws(ScalingLawsError) {
    let named =
      zip(cell.variables, cell.coordinates).map { ($0.name, $1) } + [("loss", loss)]
      + Hyperparameter.allCases.compactMap { key in settings[key].map { (key.variable.name, $0) } }
    for (name, value) in named where !(value.isFinite && value > 0) {
      throw .invalidObservation(
        run: run, quantity: name, value: value, domain: "a finite value above 0 is required")
    }
  }
}

/// Why a stage has no value. The other stages stand.
public enum StageRefusal: Error, Hashable, Sendable {
  /// Nothing to work on.
  case noRuns(stage: String)
  /// Some cells are budgets and others are (N, D) pairs.
  case mixedCells(run: Int64)
  /// No run says what a hyperparameter was.
  case settingMissing(variable: String)
  /// No cell was trained with more than one value of any hyperparameter.
  case nothingTuned
  /// Fewer cells, budgets or minima than a law needs.
  case tooFew(stage: String, what: String, have: Int, need: Int)
  /// The values of a variable do not determine its exponent.
  case variableConstant(quantity: String, variable: String)
  /// A law of one variable needs several values of it at equal values of the others.
  case needsLevels(law: String, of: String, held: String, have: Int, need: Int)
  /// The fitted loss has no interior optimum: α or β is 0.
  case noInteriorOptimum(alpha: Double, beta: Double)
  /// A stage that this one starts from was refused.
  case needsStage(String)
  /// The chain was asked for other steps, and none of them starts from this one.
  case notAsked
  /// A fit underneath refused.
  case fit(ScalingLawsError)
}

extension StageRefusal: CustomStringConvertible {
  /// What is missing and what would do.
  public var description: String {
    switch self {
    case .noRuns(let stage): "\(stage) needs runs: there is none"
    case .mixedCells(let run):
      "run \(run) is of another kind of cell than the first: give every run a budget, or every run "
        + "an (N, D) pair"
    case .settingMissing(let variable):
      "no run says its \(variable): record it with the runs"
    case .nothingTuned:
      "no cell was trained with two values of a hyperparameter: sweep lr or B at a budget"
    case .tooFew(let stage, let what, let have, let need):
      "\(stage) needs \(need) \(what): has \(have)"
    case .variableConstant(let quantity, let variable):
      "the law of \(quantity) needs different values of \(variable), apart from the other variables: "
        + "has one, or they move together"
    case .needsLevels(let law, let variable, let held, let have, let need):
      "\(law) needs \(need) values of \(variable) at one \(held): has \(have)"
    case .noInteriorOptimum(let alpha, let beta):
      "the fitted loss has no optimum (α = \(alpha.readable), β = \(beta.readable)): both must be "
        + "above 0"
    case .needsStage(let stage): "it starts from \(stage), which is missing"
    case .notAsked: "it was not asked for"
    case .fit(let error): "\(error)"
    }
  }
}

/// A step of a chain: its value, or why there is none.
public enum StageStep<Value: Hashable & Sendable>: Hashable, Sendable {
  case done(Value)
  case refused(StageRefusal)

  /// Runs the step, if it is asked for.
  init(if isAsked: Bool = true, _ body: () throws(StageRefusal) -> Value) {
    guard isAsked else {
      self = .refused(.notAsked)
      return
    }
    do throws(StageRefusal) {
      self = .done(try body())
    } catch {
      self = .refused(error)
    }
  }

  /// The value, if there is one.
  public var value: Value? {
    if case .done(let value) = self { value } else { nil }
  }

  /// Why there is none.
  public var refusal: StageRefusal? {
    if case .refused(let refusal) = self { refusal } else { nil }
  }
}

/// Carries an error of a fit into a stage's refusal.
func staged<T>(_ body: () throws(ScalingLawsError) -> T) throws(StageRefusal) -> T {
  do throws(ScalingLawsError) { return try body() } catch { throw .fit(error) }
}

import Foundation

extension JointLeverageForm {
  public var name: String { "joint-leverage" }

  public var formula: String {
    let raised =
      switch saturation {
      case .both, .start: "Â"
      case .none: "A"
      }
    let saturated =
      switch saturation {
      case .both: ", 1/Â = 1/(A + (1/A_start − 1/A_max)^(−1)) + 1/A_max"
      case .start: ", Â = A + A_start"
      case .none: ""
      }
    let (logC, logG) = (computeLog.symbol, granularityLog.symbol)
    return "EL = \(raised)^(a + d·\(logC) C + γ·(\(logG) G)² + β·\(logG) G)" + saturated
  }

  public var origin: String { "Tian et al. 2025, arXiv 2507.17702, Eq. 13" }
  public var quantity: LawVariable { .leverage }
  public var variables: [LawVariable] { [activation.variable, .granularity, .compute] }

  static let allParameters = [
    FormParameter("a", .linear, -50...50),
    FormParameter("d", .linear, -10...10),
    FormParameter("γ", .linear, -10...10),
    FormParameter("β", .linear, -10...10),
    FormParameter("A_start", .logarithmic, 1e-8...0.9),
    FormParameter("A_max", .logarithmic, 1.5...1e18),
  ]

  public var options: [FormOption] {
    [
      FormOption("log_C", "base of log C", computeLog),
      FormOption("log_G", "base of log G", granularityLog),
      FormOption("activation", "what the activation ratio counts", activation),
      FormOption("saturation", "which bounds Â has", saturation),
    ]
  }

  public func setting(_ option: String, to choice: String) -> JointLeverageForm {
    JointLeverageForm(
      saturation: option == "saturation"
        ? ActivationSaturation(rawValue: choice) ?? saturation : saturation,
      activation: option == "activation"
        ? ActivationConvention(rawValue: choice) ?? activation : activation,
      computeLog: option == "log_C" ? LogBase(rawValue: choice) ?? computeLog : computeLog,
      granularityLog: option == "log_G"
        ? LogBase(rawValue: choice) ?? granularityLog : granularityLog)
  }

  /// Table 2. Without A_max the coefficients are the same, since 1 / 5.28e16 is nothing beside 1 / A;
  /// without A_start nothing is published.
  public var published: [PublishedCoefficients] {
    guard saturation != .none else { return [] }
    let table2 = [1.23, -7.61e-2, 1.67e-2, -1.17e-1, 1.63e-2, 5.28e16]
    return [
      PublishedCoefficients(
        name: "ling-2507.17702", variant: "moe", arXiv: "2507.17702", place: "Eq. 13, Table 2",
        values: Array(table2.prefix(parameters.count)),
        ranges: [
          "A": FittedRange(1.0 / 128, 1), "G": FittedRange(2, 16), "C": FittedRange(1e18, 3e20),
        ],
        conventions: [
          "log₁₀ C, log₂ G and A = E_a / E are read from the paper's claims; it states none of them",
          "G = 2·d_model / d_expert; C = M·D with M training FLOPs per token",
          "EL is 0.99 and not 1 at A = 1",
        ])
    ]
  }
}

extension JointLeverageForm: OptimumForm {
  public var optimumVariable: LawVariable { .granularity }

  /// The granularity of highest leverage, base^(−β / 2γ); the same at every A and C. Nil where γ ≤ 0,
  /// where leverage has no highest value (Â < 1, so that the smallest exponent is best).
  public func optimum(parameters: [Double]) -> Double? {
    parameters[2] > 0 ? granularityLog.power(-parameters[3] / (2 * parameters[2])) : nil
  }
}

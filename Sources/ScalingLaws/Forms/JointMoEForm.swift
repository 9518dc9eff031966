import Foundation

/// L = a·Ê^δ·N_active^(α + γ·ln Ê) + b·Ê^ω·D^(β + ζ·ln Ê) + c with the saturating Ê of the number of
/// experts (Ludziejewski et al. 2025, arXiv 2502.05172, Eq. 6): at each E a law of Chinchilla's form.
public struct JointMoEForm: NamedLawForm {
  /// What is added to E in Ê.
  public enum ExpertShift: String, Hashable, Codable, Sendable, CaseIterable {
    /// 0.01: with it the paper's Table 4 follows from its Table 3 to four digits in every row.
    case table4 = "0.01"
    /// Nothing, as Ê is written; E = 1 then misses Table 4 by 0.1 to 0.3 %.
    case none = "0"

    var value: Double {
      switch self {
      case .table4: 0.01
      case .none: 0
      }
    }
  }

  public let shift: ExpertShift

  public init(shift: ExpertShift = .table4) { self.shift = shift }

  public let name = "joint-moe"
  public let formula =
    "L = a·Ê^δ·N_active^(α + γ·ln Ê) + b·Ê^ω·D^(β + ζ·ln Ê) + c, "
    + "1/Ê = 1/(E − 1 + (1/E_start − 1/E_max)^(−1)) + 1/E_max"
  public let origin = "Ludziejewski et al. 2025, arXiv 2502.05172, Eq. 6"
  public let quantity = LawVariable.loss
  public let variables = [LawVariable.experts, .activeParameters, .tokens]
  public let parameters = [
    FormParameter("a", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, -3...0),
    FormParameter("δ", .linear, -5...5),
    FormParameter("γ", .linear, -1...1),
    FormParameter("b", .logarithmic, 1e-6...1e15),
    FormParameter("β", .linear, -3...0),
    FormParameter("ω", .linear, -5...5),
    FormParameter("ζ", .linear, -1...1),
    FormParameter("E_start", .logarithmic, 1...20),
    FormParameter("E_max", .logarithmic, 21...1e9),
    FormParameter("c", .logarithmic, 1e-4...20),
  ]
  public let amplitudes = [0, 4, 10]
  public let published = [
    PublishedCoefficients(
      name: "ludziejewski-2502.05172", variant: "moe", arXiv: "2502.05172", place: "Eq. 6, Table 3",
      values: [
        35.91, -0.1889, -0.2285, 0.0098, 35.98, -0.1775, 0.5529, -0.0259, 2.0732, 290.4521, 1.3637,
      ],
      // The smallest and largest run of the paper's list of experiments.
      ranges: [
        "E": FittedRange(1, 32), "N_active": FittedRange(7.9e7, 2.7e9),
        "D": FittedRange(5e8, 8e10),
      ],
      conventions: [
        "N_active counts embeddings; one expert is active; E = 1 is dense",
        "Ê adds 0.01 to E unless the option says 0: the paper's Table 4 needs it",
      ])
  ]

  public var options: [FormOption] { [FormOption("expert_shift", "what Ê adds to E", shift)] }

  public func setting(_ option: String, to choice: String) -> JointMoEForm {
    JointMoEForm(shift: ExpertShift(rawValue: choice) ?? shift)
  }

  /// E − 1 with its shift, ln N_active and ln D.
  public struct Input: Sendable {
    var added: Double
    var logN: Double
    var logD: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(added: values[0] - 1 + shift.value, logN: log(values[1]), logD: log(values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let experts = Saturation(logStart: theta[8], logMax: theta[9]).logarithm(at: x.added)
    let logE = experts.value
    let bySize = theta[0] + theta[2] * logE + (theta[1] + theta[3] * logE) * x.logN
    let byData = theta[4] + theta[6] * logE + (theta[5] + theta[7] * logE) * x.logD
    let (value, shares) = logSum(SIMD3(bySize, byData, theta[10]))
    gradient[0] = shares[0]
    gradient[1] = shares[0] * x.logN
    gradient[2] = shares[0] * logE
    gradient[3] = shares[0] * x.logN * logE
    gradient[4] = shares[1]
    gradient[5] = shares[1] * x.logD
    gradient[6] = shares[1] * logE
    gradient[7] = shares[1] * x.logD * logE
    let byExperts =
      shares[0] * (theta[2] + theta[3] * x.logN) + shares[1] * (theta[6] + theta[7] * x.logD)
    gradient[8] = byExperts * experts.byLogStart
    gradient[9] = byExperts * experts.byLogMax
    gradient[10] = shares[2]
    return value
  }

  /// α and β at −0.1, −0.2 and −0.4, δ at −0.4 and 0, ω at 0 and 0.4, γ and ζ at 0, E_start at 2 and
  /// E_max at 300; prefactors by least squares, the best eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let saturation = [log(2.0), log(300.0)]
    let experts = Saturation(logStart: saturation[0], logMax: saturation[1])
    let separable = SeparableStarts<Input>(terms: 3) { shape, x in
      let logE = experts.logarithm(at: x.added).value
      return SIMD8(
        shape[0] * x.logN + shape[2] * logE, shape[1] * x.logD + shape[3] * logE, 0, 0, 0, 0, 0, 0)
    }
    let grid = combinations([[-0.1, -0.2, -0.4], [-0.1, -0.2, -0.4], [-0.4, 0], [0, 0.4]])
    return separable.best(of: grid, for: points).map { found in
      let (s, p) = (found.shape, found.logPrefactors)
      return inside([p[0], s[0], s[2], 0, p[1], s[1], s[3], 0] + saturation + [p[2]])
    }
  }
}

extension JointMoEForm {
  /// The law at one number of experts, L = m·N_active^μ + n·D^ν + c (the paper's Table 4).
  public struct Reduced: Hashable, Sendable {
    public var m: Double
    public var mu: Double
    public var n: Double
    public var nu: Double
    public var c: Double

    /// The loss of a model with this many active parameters, trained on this many tokens.
    public func loss(activeParameters: Double, tokens: Double) -> Double {
      m * pow(activeParameters, mu) + n * pow(tokens, nu) + c
    }
  }

  /// The law at `experts`.
  ///
  /// - Parameter parameters: in their own units, in the order of `self.parameters`.
  /// - Throws: `outsideDomain` below one expert.
  public func reduced(
    experts: Double, parameters p: [Double]
  ) throws(ScalingLawsError) -> Reduced {
    let added = try checkedInput([experts, 1, 1]).added
    let logE = Saturation(logStart: log(p[8]), logMax: log(p[9])).logarithm(at: added).value
    return Reduced(
      m: p[0] * exp(p[2] * logE), mu: p[1] + p[3] * logE, n: p[4] * exp(p[6] * logE),
      nu: p[5] + p[7] * logE, c: p[10])
  }
}

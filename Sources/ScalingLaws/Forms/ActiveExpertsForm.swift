import Foundation

/// L = (e·G + f/G + m·S² + n·S)·(1/N^α + k/N_a^α + h·N_a/N) + a/N^α + b/D^β + c/N_a^α + ε of MoE models
/// with G active experts and shared ratio S (Zhao et al. 2025, arXiv 2509.23678).
public struct ActiveExpertsForm: NamedLawForm {
  public let name = "zhao"
  public let formula =
    "L = (e·G + f/G + m·S² + n·S)·(1/N^α + k/N_a^α + h·N_a/N) + a/N^α + b/D^β + c/N_a^α + ε"
  public let origin = "Zhao et al. 2025, arXiv 2509.23678"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable("G", "active experts", unit: "experts", domain: .count), .sharedRatio,
    .parameterCount, LawVariable("N_a", "active parameters", unit: "parameters"), .tokens,
  ]
  public let parameters = [
    FormParameter("e", .logarithmic, 1e-6...1e6),
    FormParameter("f", .logarithmic, 1e-6...1e6),
    FormParameter("m", .linear, -1e3...1e3),
    FormParameter("n", .linear, -1e3...1e3),
    FormParameter("k", .logarithmic, 1e-9...1e3),
    FormParameter("h", .logarithmic, 1e-9...1e3),
    FormParameter("a", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, 1e-3...3),
    FormParameter("b", .logarithmic, 1e-6...1e15),
    FormParameter("β", .linear, 1e-3...3),
    FormParameter("c", .logarithmic, 1e-6...1e15),
    FormParameter("ε", .logarithmic, 1e-4...20),
  ]
  public let amplitudes = [0, 1, 6, 8, 10, 11]
  public let published = [
    PublishedCoefficients(
      name: "zhao-2509.23678", variant: "moe", arXiv: "2509.23678", place: "the fitted law",
      values: [
        0.1577, 7.2446, 5.1395, -3.2363, 0.0013, 0.0450, 38.051, 0.2383, 27129.05, 0.4694, 31.096,
        1.8182,
      ],
      conventions: ["G is the number of active experts, not a ratio of widths"])
  ]

  public init() {}

  /// G, S, N_a / N and the logarithms of N, N_a and D.
  public struct Input: Sendable {
    var active: Double
    var shared: Double
    var share: Double
    var logN: Double
    var logActive: Double
    var logD: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(
      active: values[0], shared: values[1], share: values[3] / values[2], logN: log(values[2]),
      logActive: log(values[3]), logD: log(values[4]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (e, f, k, h) = (exp(theta[0]), exp(theta[1]), exp(theta[4]), exp(theta[5]))
    let byN = exp(-theta[7] * x.logN)
    let byActive = exp(-theta[7] * x.logActive)
    let shape = e * x.active + f / x.active + x.shared * (theta[2] * x.shared + theta[3])
    let size = byN + k * byActive + h * x.share
    let ofN = exp(theta[6]) * byN
    let ofD = exp(theta[8] - theta[9] * x.logD)
    let ofActive = exp(theta[10]) * byActive
    let offset = exp(theta[11])
    let (value, slope) = flooredLog(shape * size + ofN + ofD + ofActive + offset)
    gradient[0] = slope * size * e * x.active
    gradient[1] = slope * size * f / x.active
    gradient[2] = slope * size * x.shared * x.shared
    gradient[3] = slope * size * x.shared
    gradient[4] = slope * shape * k * byActive
    gradient[5] = slope * shape * h * x.share
    gradient[6] = slope * ofN
    let byAlpha = (shape * byN + ofN) * x.logN + (shape * k * byActive + ofActive) * x.logActive
    gradient[7] = -slope * byAlpha
    gradient[8] = slope * ofD
    gradient[9] = -slope * ofD * x.logD
    gradient[10] = slope * ofActive
    gradient[11] = slope * offset
    return value
  }

  /// α at 0.15, 0.25 and 0.4, β at 0.3, 0.45 and 0.6, with e, f, k and h at two scales and the shape
  /// flat in S; a, b, c and ε by least squares; the best eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 4) { s, x in
      SIMD8(-s[0] * x.logN, -s[1] * x.logD, -s[0] * x.logActive, 0, 0, 0, 0, 0)
    }
    let grid = combinations([[0.15, 0.25, 0.4], [0.3, 0.45, 0.6]])
    return separable.best(of: grid, for: points).flatMap { found -> [[Double]] in
      let (s, p) = (found.shape, found.logPrefactors)
      return [[0.1, 5, 0, 0, 1e-3, 0.05], [0.3, 2, 1, -1, 1e-2, 0.02]].map { start in
        let shape = [log(start[0]), log(start[1]), start[2], start[3]]
        let size = [log(start[4]), log(start[5])]
        return inside(shape + size + [p[0], s[0], p[1], s[1], p[2], p[3]])
      }
    }
  }
}

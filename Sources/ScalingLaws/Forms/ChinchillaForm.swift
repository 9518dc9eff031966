import Foundation

/// L = E + A·N^(−α) + B·D^(−β) (Hoffmann et al. 2022, arXiv 2203.15556, Eq. 2), fitted as the
/// log-sum-exp of its three terms.
public struct ChinchillaForm: SizeAndDataForm {
  public let name = "chinchilla"
  public let formula = "L = E + A·N^(−α) + B·D^(−β)"
  public let origin = "Hoffmann et al. 2022, arXiv 2203.15556, Eq. 2"
  public let parameters = [
    FormParameter("E", .logarithmic, 1e-3...20),
    FormParameter("A", .logarithmic, 1e-6...1e15),
    FormParameter("B", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, 0...3),
    FormParameter("β", .linear, 0...3),
  ]
  public let amplitudes = [0, 1, 2]

  public init() {}

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: SizeAndData,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (value, shares) = logSum(
      SIMD3(theta[0], theta[1] - theta[3] * x.logN, theta[2] - theta[4] * x.logD))
    gradient[0] = shares[0]
    gradient[1] = shares[1]
    gradient[2] = shares[2]
    gradient[3] = -shares[1] * x.logN
    gradient[4] = -shares[2] * x.logD
    return value
  }

  /// α and β at 0.2, 0.4 and 0.8, E at a tenth, half and four fifths of the smallest loss, A and B
  /// so that their terms share the rest at the middle of the data.
  public func starts(for points: [FitPoint<SizeAndData>]) -> [[Double]] {
    let n = Double(points.count)
    let logN = points.reduce(0) { $0 + $1.input.logN } / n
    let logD = points.reduce(0) { $0 + $1.input.logD } / n
    let smallest = points.map(\.logValue).min() ?? 0
    return [0.1, 0.5, 0.8].flatMap { share in
      let excess = smallest + log((1 - share) / 2)
      return [0.2, 0.4, 0.8].flatMap { alpha in
        [0.2, 0.4, 0.8].map { beta in
          inside([
            smallest + log(share), excess + alpha * logN, excess + beta * logD, alpha, beta,
          ])
        }
      }
    }
  }

  public let published = [
    PublishedCoefficients(
      name: "hoffmann-2203.15556", arXiv: "2203.15556", place: "Eq. 10",
      values: [1.6934, 406.4, 410.7, 0.3392, 0.2849],
      ranges: ["N": FittedRange(4.4e7, 1.6e10), "D": FittedRange(5e9, 5e11)],
      conventions: ["N counts all parameters; C = 6·N·D"]),
    PublishedCoefficients(
      name: "besiroglu-2404.10102", arXiv: "2404.10102", place: "Table 1",
      values: [1.8172, 482.01, 2085.43, 0.3478, 0.3658],
      ranges: ["N": FittedRange(4.4e7, 1.6e10), "D": FittedRange(5e9, 5e11)],
      conventions: [
        "a refit of Hoffmann et al. to 240 points read off their figure, 5 outliers left out"
      ]),
    PublishedCoefficients(
      name: "krajewski-2402.07871", variant: "dense", arXiv: "2402.07871", place: "the fitted law",
      values: [0.47, 16.3, 26.7, 0.126, 0.127],
      conventions: ["the dense companion of that paper's law of granularity"]),
  ]
}

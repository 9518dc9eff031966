import Foundation
import ScalingLaws

/// The points of a paper's study, its law and the noise of log y: what simulated data are drawn from.
struct StudyDesign {
  var form: any NamedLawForm
  /// In their own units.
  var parameters: [Double]
  /// Values of the variables of each run.
  var points: [[Double]]
  /// Standard deviation of log y.
  var noise: Double
  /// What a fit of the form minimises: what the stages of a study minimise where they fit this form,
  /// else what `orchestrator fit` does unless told otherwise.
  var loss: ResidualLoss

  /// One simulated study.
  func data(seed: UInt64) throws -> LawData {
    var generator = SplitMix64(seed: seed)
    return LawData(
      rows: try points.enumerated().map { index, variables in
        let value = try form.value(at: variables, parameters: parameters)
        return LawData.Row(
          run: Int64(index + 1), cell: "\(index)", variables: variables,
          value: value * exp(noise * generator.normal()))
      })
  }

  /// Where predictions are judged: in the middle of the design and at its far end.
  var probes: [[Double]] { [points[points.count / 2], points[points.count - 1]] }

  /// Nil for a form without a design.
  init?(_ form: any NamedLawForm) {
    guard let study = Self.studies[form.name] else { return nil }
    self.form = form
    parameters = study.parameters ?? form.published[0].values
    points = study.points
    noise = study.noise
    loss = study.loss
  }
}

extension StudyDesign {
  private struct Study {
    /// Nil: those that the paper prints.
    var parameters: [Double]?
    var points: [[Double]]
    var noise: Double
    var loss: ResidualLoss

    init(
      _ points: [[Double]], noise: Double, parameters: [Double]? = nil,
      loss: ResidualLoss = .huber(delta: 0.02)
    ) {
      self.points = points
      self.noise = noise
      self.parameters = parameters
      self.loss = loss
    }
  }

  /// Every combination.
  private static func grid(_ axes: [Double]...) -> [[Double]] {
    axes.reduce([[]]) { rows, axis in rows.flatMap { row in axis.map { row + [$0] } } }
  }

  /// `count` values from `low` to `high`, evenly in logarithms.
  private static func spread(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low * pow(high / low, Double($0) / Double(count - 1)) }
  }

  private static let ratios = (0..<8).map { exp2(-Double($0)) }
  private static let granularities = [2.0, 4, 6, 8, 12, 16]
  /// A at G = 2 and G at A = 1/32, at each budget (arXiv 2507.17702, Tables 7 and 8): 208 points for
  /// the paper's 200.
  private static let lingPoints =
    grid(ratios, [2], spread(1e18, 3e20, 16))
    + grid([1.0 / 32], Array(granularities.dropFirst()), spread(1e18, 3e20, 16))
  /// The three best settings of each of eight budgets.
  private static let nearOptimal = grid(spread(3e17, 3e20, 8)).flatMap { [$0, $0, $0] }
  private static let sparsities = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98]

  private static let studies: [String: Study] = [
    "joint-leverage": Study(lingPoints, noise: 0.05, loss: .huber(delta: 0.1)),
    "summary": Study(
      lingPoints, noise: 0.05, parameters: [0.1, 0.02, -0.05, 0.7], loss: .huber(delta: 0.1)),
    "leverage-by-activation": Study(
      grid(ratios), noise: 0.03, parameters: [-0.45, 0.0163, 50], loss: .huber(delta: 0.1)),
    "leverage-by-granularity": Study(
      grid(granularities), noise: 0.03, parameters: [1.3, -0.02, -7], loss: .huber(delta: 0.1)),
    "leverage-by-compute": Study(
      grid(spread(1e18, 3e20, 6)), noise: 0.03, parameters: [0.06, -1.5], loss: .huber(delta: 0.1)),
    "lr-by-compute": Study(nearOptimal, noise: 0.2, loss: .squared),
    "batch-by-compute": Study(nearOptimal, noise: 0.2, loss: .squared),
    "flops-by-compute": Study(grid(spread(3e17, 3e20, 7)), noise: 0.05),
    "tokens-by-compute": Study(grid(spread(3e17, 3e20, 7)), noise: 0.05),
    "loss-by-compute": Study(grid(spread(3e17, 3e20, 7)), noise: 0.003, parameters: [30, -0.06]),
    "lr-by-parameters-and-tokens": Study(
      grid(spread(6e7, 1e9, 6), spread(2e9, 1e11, 7)).flatMap { [$0, $0, $0, $0, $0] }, noise: 0.25),
    "batch-by-tokens": Study(
      grid(spread(2e9, 1e11, 7)).flatMap { [[Double]](repeating: $0, count: 6) }, noise: 0.25),
    "lr-by-parameters": Study(grid(spread(5e6, 1e9, 12)), noise: 0.2),
    "batch-by-parameters": Study(grid(spread(5e6, 1e9, 12)), noise: 0.2),
    "lr-by-experts": Study(grid(spread(5e7, 3e9, 6), [1, 2, 4, 8, 16, 32]), noise: 0.2),
    "batch-by-loss": Study(grid(spread(2.2, 4.5, 12)), noise: 0.1),
    "loss-by-compute-with-offset": Study(
      grid(spread(1e17, 1e22, 16)), noise: 0.002, parameters: [1000, 0.15, 1.7]),
    "chinchilla": Study(grid(spread(4.4e7, 1.6e10, 16), spread(5e9, 5e11, 15)), noise: 0.005),
    "kaplan": Study(grid(spread(4e5, 7e8, 8), spread(2e7, 2.2e10, 6)), noise: 0.01),
    "kaplan-by-parameters": Study(grid(spread(1e6, 1.5e9, 16)), noise: 0.01),
    "kaplan-by-tokens": Study(grid(spread(2e7, 2.2e10, 12)), noise: 0.01),
    "kaplan-by-compute": Study(grid(spread(1e-5, 10, 16)), noise: 0.01),
    "clark": Study(
      grid(spread(1.5e7, 1.3e9, 8), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]), noise: 0.0074),
    "krajewski": Study(
      grid(spread(6e7, 4e9, 6), spread(1.6e10, 1.3e11, 4), [1, 2, 4, 8, 16]), noise: 0.005),
    "joint-moe": Study(
      grid([1, 2, 4, 8, 16, 32], spread(7.9e7, 2.7e9, 7), spread(5e8, 8e10, 7)), noise: 0.0024),
    "abnar": Study(
      grid(spread(1e8, 1e10, 7), spread(5e9, 5e11, 6), sparsities), noise: 0.003),
    "frantar": Study(
      grid(spread(1e6, 8.5e7, 7), spread(1.6e10, 6.5e10, 4), [0, 0.5, 0.75, 0.875]), noise: 0.005),
    "zhao": Study(
      grid(
        [1, 2, 4, 8, 16], [0, 0.3, 0.6], spread(1e9, 3e10, 3), [8e7, 2e8, 5e8],
        spread(1e10, 1e11, 3)),
      noise: 0.003),
    "muennighoff": Study(
      grid(spread(7e6, 8.7e9, 7), [1, 2, 4, 8, 16, 44], spread(1e8, 2.5e10, 5))
        .map { [$0[0], $0[1] * $0[2], $0[2]] }, noise: 0.005),
    "gadre": Study(
      grid(spread(1e17, 1e21, 8), spread(5, 640, 8)), noise: 0.005,
      parameters: [1.8, 100, 200, 0.1]),
    "loss-by-granularity": Study(
      grid(granularities), noise: 0.001, parameters: [1, -0.02, 0.003]),
    "loss-by-shared-ratio": Study(
      grid([0, 0.083, 0.333, 0.5, 0.667, 0.833]), noise: 0.001, parameters: [0.9, -0.05, 0.12]),
  ]
}

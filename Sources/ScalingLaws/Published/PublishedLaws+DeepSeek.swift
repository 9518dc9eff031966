import Experiment

extension PublishedLaws {
  /// Bi et al. 2024, "DeepSeek LLM" (arXiv 2401.02954).
  public static let deepSeek = PublishedLaw(
    name: "deepseek-2401.02954",
    arXiv: "2401.02954",
    title: "DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
    entries: [
      PublishedLaw.Entry(
        kind: .dense, quantity: .learningRate, law: PowerLaw(a: 0.3118, b: -0.1250),
        equation: "Eq. 1", range: FittedRange(1e17, 2e19)),
      PublishedLaw.Entry(
        kind: .dense, quantity: .batchTokens, law: PowerLaw(a: 0.2920, b: 0.3271),
        equation: "Eq. 1", range: FittedRange(1e17, 2e19)),
      PublishedLaw.Entry(
        kind: .dense, quantity: .flopsPerToken, law: PowerLaw(a: 0.1715, b: 0.5243),
        equation: "Eq. 4", range: FittedRange(1e17, 3e20)),
      PublishedLaw.Entry(
        kind: .dense, quantity: .trainingTokens, law: PowerLaw(a: 5.8316, b: 0.4757),
        equation: "Eq. 4", range: FittedRange(1e17, 3e20)),
    ],
    leverage: nil,
    conventions: [
      "C = M·D; M = 72·L·d² + 12·L·d·s, forward and backward, without vocabulary",
      "B is in tokens; near-optimal means within 0.25 % of the lowest loss",
    ])
}

import Experiment

extension PublishedLaws {
  /// Tian et al. 2025, "Towards Greater Leverage" (arXiv 2507.17702).
  public static let ling = PublishedLaw(
    name: "ling-2507.17702",
    arXiv: "2507.17702",
    title: "Towards Greater Leverage: Scaling Laws for Efficient Mixture-of-Experts Models",
    entries: [
      entry(.moe, .learningRate, a: 1.1576, b: -0.1529, "Eq. 3"),
      entry(.moe, .batchTokens, a: 0.0694, b: 0.3644, "Eq. 3"),
      entry(.dense, .flopsPerToken, a: 0.0655, b: 0.5422, "Table 1"),
      entry(.dense, .trainingTokens, a: 15.2582, b: 0.4578, "Table 1"),
      entry(.moe, .flopsPerToken, a: 0.1915, b: 0.5095, "Table 1"),
      entry(.moe, .trainingTokens, a: 5.2232, b: 0.4905, "Table 1"),
    ],
    leverage: .ling,
    conventions: [
      "C = M·D; M is training FLOPs per token, 3 × forward, without embedding and logits",
      "B is in tokens; the paper's own tables lie about 25 % above its Eq. 3",
      "the hyperparameter sweep used 4 of 64 experts, 1 shared, G = 2",
      "dense hyperparameters are drawn but not printed",
    ])

  private static func entry(
    _ kind: PublishedLaw.Kind, _ quantity: PublishedLaw.Quantity, a: Double, b: Double,
    _ equation: String
  ) -> PublishedLaw.Entry {
    // One sweep, 3e17 to 3e20 FLOPs, is behind both the hyperparameters and the allocation.
    PublishedLaw.Entry(
      kind: kind, quantity: quantity, law: PowerLaw(a: a, b: b), equation: equation,
      range: FittedRange(3e17, 3e20))
  }
}

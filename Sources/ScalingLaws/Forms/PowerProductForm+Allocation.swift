extension PowerProductForm {
  /// M_opt = a·C^b: the training FLOPs per token of the best model for a budget.
  public static let flopsByCompute = PowerProductForm(
    "flops-by-compute", .flopsPerToken, by: [.compute],
    origin: "Bi et al. 2024, arXiv 2401.02954, Eq. 4",
    published: [
      .ling(.dense, "Table 1", [0.0655, 0.5422]),
      .ling(.moe, "Table 1", [0.1915, 0.5095]),
      .deepSeek("Eq. 4", [0.1715, 0.5243], range: FittedRange(1e17, 3e20)),
      .wan([0.0437, 0.5437]),
    ])

  /// D_opt = a·C^b: the tokens that the best model for a budget is trained on.
  public static let tokensByCompute = PowerProductForm(
    "tokens-by-compute", .tokens, by: [.compute],
    origin: "Bi et al. 2024, arXiv 2401.02954, Eq. 4",
    published: [
      .ling(.dense, "Table 1", [15.2582, 0.4578]),
      .ling(.moe, "Table 1", [5.2232, 0.4905]),
      .deepSeek("Eq. 4", [5.8316, 0.4757], range: FittedRange(1e17, 3e20)),
      .wan([22.89, 0.4563]),
    ])

  /// L = a·C^b with b < 0: the loss curve of one family without an irreducible term.
  public static let lossByCompute = PowerProductForm(
    "loss-by-compute", .loss, by: [.compute],
    origin: "Tian et al. 2025, arXiv 2507.17702, on efficiency leverage")

  /// Every power law that is offered.
  static let all: [any NamedLawForm] = [
    learningRateByCompute, batchByCompute, flopsByCompute, tokensByCompute, lossByCompute,
    learningRateByParametersAndTokens, batchByTokens, learningRateByParameters, batchByParameters,
    learningRateByExperts, batchByLoss,
  ]
}

extension PublishedCoefficients {
  fileprivate static func wan(_ values: [Double]) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "wan-2603.21862", arXiv: "2603.21862", place: "laws of allocation", values: values,
      conventions: ["C = M·D"])
  }
}

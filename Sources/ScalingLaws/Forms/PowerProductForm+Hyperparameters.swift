import Foundation

extension PowerProductForm {
  /// η = a·C^b.
  public static let learningRateByCompute = PowerProductForm(
    "lr-by-compute", .learningRate, by: [.compute],
    origin: "Bi et al. 2024, arXiv 2401.02954, Eq. 1",
    published: [
      .ling(.moe, "Eq. 3", [1.1576, -0.1529]),
      .deepSeek("Eq. 1", [0.3118, -0.1250], range: FittedRange(1e17, 2e19)),
      .moonlight([0.0127, -0.057]),
    ])

  /// B = a·C^b.
  public static let batchByCompute = PowerProductForm(
    "batch-by-compute", .batchTokens, by: [.compute],
    origin: "Bi et al. 2024, arXiv 2401.02954, Eq. 1",
    published: [
      .ling(.moe, "Eq. 3", [0.0694, 0.3644]),
      .deepSeek("Eq. 1", [0.2920, 0.3271], range: FittedRange(1e17, 2e19)),
      .moonlight([0.0065, 0.4138]),
    ])

  /// η = a·N^b·D^c.
  public static let learningRateByParametersAndTokens = PowerProductForm(
    "lr-by-parameters-and-tokens", .learningRate, by: [.parameterCount, .tokens],
    origin: "Li et al. 2025, arXiv 2503.04715",
    published: [.stepLaw([1.79, -0.713, 0.307])])

  /// B = a·D^b.
  public static let batchByTokens = PowerProductForm(
    "batch-by-tokens", .batchTokens, by: [.tokens], origin: "Li et al. 2025, arXiv 2503.04715",
    published: [.stepLaw([0.58, 0.571])])

  /// η = a·N^b.
  public static let learningRateByParameters = PowerProductForm(
    "lr-by-parameters", .learningRate, by: [.parameterCount],
    origin: "Porian et al. 2024, arXiv 2406.19146", published: [.porian([3.7, -0.36])])

  /// B = a·N^b.
  public static let batchByParameters = PowerProductForm(
    "batch-by-parameters", .batchTokens, by: [.parameterCount],
    origin: "Porian et al. 2024, arXiv 2406.19146", published: [.porian([0.7576, 0.703])])

  /// η = a·N_active^b·E^c of MoE models.
  public static let learningRateByExperts = PowerProductForm(
    "lr-by-experts", .learningRate, by: [.activeBodyParameters, .experts],
    origin: "Ludziejewski et al. 2025, arXiv 2502.05172",
    published: [
      PublishedCoefficients(
        name: "ludziejewski-2502.05172", variant: "moe", arXiv: "2502.05172",
        place: "law of the learning rate",
        // Printed as exp(8.39 − 0.81·ln N − 0.25·ln E).
        values: [exp(8.39), -0.81, -0.25],
        conventions: ["N_body counts active parameters without embeddings"])
    ])

  /// The critical batch B = a·L^b at a loss L.
  public static let batchByLoss = PowerProductForm(
    "batch-by-loss", .batchTokens, by: [.loss],
    origin: "Kaplan et al. 2020, arXiv 2001.08361",
    published: [
      PublishedCoefficients(
        name: "kaplan-2001.08361", arXiv: "2001.08361", place: "Eq. 1.4",
        values: [2e8, -1 / 0.21], conventions: ["L is in nats per token"]),
      PublishedCoefficients(
        name: "minicpm-2404.06395", variant: "dense", arXiv: "2404.06395", place: "§3.2",
        values: [1.21e9, -6.24], conventions: ["L is the loss on C4; B is in tokens"]),
    ])
}

extension PublishedCoefficients {
  /// The HP sweep of Bi et al. 2024, "DeepSeek LLM".
  static func deepSeek(
    _ place: String, _ values: [Double], range: FittedRange
  ) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "deepseek-2401.02954", variant: "dense", arXiv: "2401.02954", place: place,
      values: values, ranges: ["C": range],
      conventions: [
        "C = M·D; M = 72·L·d² + 12·L·d·s, forward and backward, without vocabulary",
        "B is in tokens; near-optimal means within 0.25 % of the lowest loss",
      ])
  }

  /// Tian et al. 2025: one sweep, 3e17 to 3e20 FLOPs, is behind hyperparameters and allocation.
  static func ling(
    _ kind: PublishedLaw.Kind, _ place: String, _ values: [Double]
  ) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "ling-2507.17702", variant: kind.rawValue, arXiv: "2507.17702", place: place,
      values: values, ranges: ["C": FittedRange(3e17, 3e20)],
      conventions: [
        "C = M·D; M is training FLOPs per token, 3 × forward, without embedding and logits",
        "B is in tokens; the paper's own tables lie about 25 % above its Eq. 3",
        "the MoE sweep used 4 of 64 experts, 1 shared, G = 2",
      ])
  }

  fileprivate static func moonlight(_ values: [Double]) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "moonlight-2502.16982", variant: "dense", arXiv: "2502.16982",
      place: "laws of the hyperparameters", values: values,
      conventions: ["B is read in tokens, by its size"])
  }

  fileprivate static func stepLaw(_ values: [Double]) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "steplaw-2503.04715", arXiv: "2503.04715", place: "the law of lr and batch",
      values: values,
      conventions: ["N counts no vocabulary; B is in tokens; fitted to dense models, covers MoE"])
  }

  fileprivate static func porian(_ values: [Double]) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "porian-2406.19146", variant: "dense", arXiv: "2406.19146",
      place: "laws of the hyperparameters", values: values,
      conventions: ["B is read in tokens, by its size"])
  }
}

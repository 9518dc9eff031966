/// The grid that is trained: runs of about a second, half dense, half mixtures.
struct GridText {
  /// Even.
  let runs: Int
  static let study = "chaos"

  /// As a person would write it.
  var text: String {
    """
    study: \(Self.study)
    grid: small
    corpus: licences
    budgets: [2e10]
    seeds: [\((1...runs / 2).map(String.init).joined(separator: ", "))]
    sequence_length: 32
    base: {layers: 2, head_dim: 16, width_multiple: 16}
    allocation: {M: {a: 2, b: 0.5}}
    hyperparameters: {learning_rate: 0.01, batch_tokens: 256}
    evaluation: {count: 2, sequences: 16}
    families:
      dense: {kind: dense}
      moe: {kind: moe, base: {A: 1/4, top_k: 2, shared_experts: 1}}

    """
  }
}

/// Everything that determines a run's result: one architecture, trained one way on one corpus with
/// one seed. Its canonical JSON is the run's identity.
public struct RunSpec: Hashable, Codable, Sendable {
  /// Which trainer executes it: `native`, or a name from the daemon's configuration.
  public var trainer: String
  public var architecture: Architecture
  public var router: Router
  public var initialisation: Initialisation
  public var optimiser: Optimiser
  public var schedule: Schedule
  public var precision: Precision
  /// Sequences in one optimiser step; B = `batchSequences · seqLen` tokens.
  public var batchSequences: Int
  /// Optimiser steps; D = `steps · B` tokens.
  public var steps: Int
  public var corpus: CorpusReference
  public var evaluation: Evaluation
  /// Seeds the weights and the order of the data.
  public var seed: UInt64

  public init(
    trainer: String, architecture: Architecture, router: Router, initialisation: Initialisation,
    optimiser: Optimiser, schedule: Schedule, precision: Precision = .float32,
    batchSequences: Int, steps: Int, corpus: CorpusReference, evaluation: Evaluation, seed: UInt64
  ) {
    self.trainer = trainer
    self.architecture = architecture
    self.router = router
    self.initialisation = initialisation
    self.optimiser = optimiser
    self.schedule = schedule
    self.precision = precision
    self.batchSequences = batchSequences
    self.steps = steps
    self.corpus = corpus
    self.evaluation = evaluation
    self.seed = seed
  }

  private enum CodingKeys: String, CodingKey {
    case trainer, architecture, router, initialisation, optimiser, schedule, precision
    case batchSequences = "batch_sequences"
    case steps, corpus, evaluation, seed
  }

  /// Batch size B in tokens.
  public var batchTokens: Int { batchSequences * architecture.seqLen }
  /// Training tokens D.
  public var tokens: Int { steps * batchTokens }
}

extension RunSpec {
  /// How an MoE block chooses and weighs experts.
  public struct Router: Hashable, Codable, Sendable {
    /// The map from router logits to the weights of the chosen experts.
    public enum Gate: String, Codable, Sendable, CaseIterable {
      /// Softmax over the chosen k logits: the weights sum to one.
      case softmaxRenormalised = "softmax_renormalised"
      /// Softmax over all E logits, the chosen k kept as they are (arXiv 2507.17702, Appendix B).
      case softmax
      /// Sigmoid of each logit, the chosen k divided by their sum.
      case sigmoid
    }

    public var gate: Gate
    /// Coefficient of the load-balance loss (GShard form, 1 at perfect balance).
    public var balanceCoefficient: Double
    /// Coefficient of the router z-loss, mean square of the log-sum-exp of the logits.
    public var zCoefficient: Double
    /// Step u of bias-based balancing, b_i += u · sign(mean load − load_i); 0 turns it off.
    public var biasUpdate: Double

    public init(
      gate: Gate = .softmaxRenormalised, balanceCoefficient: Double = 0.01,
      zCoefficient: Double = 0.001, biasUpdate: Double = 0
    ) {
      self.gate = gate
      self.balanceCoefficient = balanceCoefficient
      self.zCoefficient = zCoefficient
      self.biasUpdate = biasUpdate
    }

    private enum CodingKeys: String, CodingKey {
      case gate
      case balanceCoefficient = "balance_coefficient"
      case zCoefficient = "z_coefficient"
      case biasUpdate = "bias_update"
    }
  }

  /// The initial weights: normal with standard deviation 1/√fan_in, or one σ for every matrix.
  public enum Initialisation: Hashable, Sendable {
    case fanIn
    case normal(sigma: Double)
  }

  /// AdamW with gradient clipping by global norm.
  public struct Optimiser: Hashable, Codable, Sendable {
    /// Peak learning rate η.
    public var learningRate: Double
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    /// Decoupled weight decay, applied to matrices (embeddings too) and not to norm gains.
    public var weightDecay: Double
    /// Largest global gradient norm.
    public var clip: Double

    public init(
      learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8,
      weightDecay: Double = 0.1, clip: Double = 1
    ) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.clip = clip
    }

    private enum CodingKeys: String, CodingKey {
      case learningRate = "learning_rate"
      case beta1, beta2, epsilon
      case weightDecay = "weight_decay"
      case clip
    }
  }

  /// Warm-up, stable, decay: linear from 0, constant, then exponential to `finalFraction` of the
  /// peak. Fractions are of the run's steps.
  public struct Schedule: Hashable, Codable, Sendable {
    public var warmupFraction: Double
    public var decayFraction: Double
    public var finalFraction: Double

    public init(
      warmupFraction: Double = 0.01, decayFraction: Double = 0.2, finalFraction: Double = 0.1
    ) {
      self.warmupFraction = warmupFraction
      self.decayFraction = decayFraction
      self.finalFraction = finalFraction
    }

    private enum CodingKeys: String, CodingKey {
      case warmupFraction = "warmup_fraction"
      case decayFraction = "decay_fraction"
      case finalFraction = "final_fraction"
    }
  }

  /// A prepared corpus by name and content.
  public struct CorpusReference: Hashable, Codable, Sendable {
    public var name: String
    /// SHA-256 of the corpus's manifest, which holds the digest of each of its files.
    public var sha256: String

    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// Validation during and after training; the last one is always made.
  public struct Evaluation: Hashable, Codable, Sendable {
    /// Evaluations in a run, evenly spaced, the final one included.
    public var count: Int
    /// Validation sequences in each, the same ones every time.
    public var sequences: Int

    public init(count: Int = 5, sequences: Int = 256) {
      self.count = count
      self.sequences = sequences
    }
  }
}

extension RunSpec.Initialisation: Codable {
  private enum CodingKeys: String, CodingKey { case normal }

  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self), name == "fan_in" {
      self = .fanIn
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self = .normal(sigma: try container.decode(Double.self, forKey: .normal))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .fanIn:
      var container = encoder.singleValueContainer()
      try container.encode("fan_in")
    case .normal(let sigma):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(sigma, forKey: .normal)
    }
  }
}

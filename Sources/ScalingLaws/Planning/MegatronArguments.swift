public import Experiment
import Foundation

/// A model and its training as flags of Megatron-Core's `pretrain_gpt.py`.
public struct MegatronArguments: Hashable, Sendable {
  /// η, B and steps; each nil leaves its flags out.
  public struct Training: Hashable, Sendable {
    /// Peak learning rate.
    public var learningRate: Double?
    /// B in sequences.
    public var batchSequences: Int?
    public var steps: Int?

    public init(learningRate: Double? = nil, batchSequences: Int? = nil, steps: Int? = nil) {
      self.learningRate = learningRate
      self.batchSequences = batchSequences
      self.steps = steps
    }
  }

  public var architecture: Architecture
  public var training: Training

  public init(_ architecture: Architecture, training: Training) {
    self.architecture = architecture
    self.training = training
  }

  /// The flags in order, each with its value if it has one.
  public var flags: [String] {
    attention + feedForward + optimisation
  }

  /// One flag a line, ready to stand after a program's name in a shell.
  public var text: String { flags.joined(separator: " \\\n") }

  private var attention: [String] {
    let shape = architecture
    var flags = [
      "--num-layers \(shape.layers)",
      "--hidden-size \(shape.dModel)",
      "--num-attention-heads \(shape.heads)",
      "--kv-channels \(shape.headDim)",
    ]
    if shape.kvHeads < shape.heads {
      flags += ["--group-query-attention", "--num-query-groups \(shape.kvHeads)"]
    }
    return flags + [
      "--seq-length \(shape.seqLen)",
      "--max-position-embeddings \(shape.seqLen)",
      "--vocab-size \(shape.vocab)",
      "--position-embedding-type rope",
      "--normalization RMSNorm",
      "--swiglu",
      "--disable-bias-linear",
      "--untie-embeddings-and-output-weights",
      "--attention-dropout 0",
      "--hidden-dropout 0",
    ]
  }

  private var feedForward: [String] {
    let shape = architecture
    // Megatron takes four times the hidden size for a width that is not given.
    var flags = ["--ffn-hidden-size \(shape.dFFN > 0 ? shape.dFFN : shape.activatedWidth)"]
    guard !shape.isDense else { return flags }
    flags += [
      "--num-experts \(shape.experts)",
      "--moe-router-topk \(shape.topK)",
      "--moe-ffn-hidden-size \(shape.dExpert)",
    ]
    if shape.sharedExperts > 0 {
      flags.append(
        "--moe-shared-expert-intermediate-size \(shape.sharedExperts * shape.dExpert)")
    }
    flags.append(
      shape.denseLayers > 0
        ? "--moe-layer-freq \"([0]*\(shape.denseLayers)+[1]*\(shape.moeLayers))\""
        : "--moe-layer-freq 1")
    // The paper's balancing: load-balance loss 0.01, z-loss 0.001 (arXiv 2507.17702, App. B).
    return flags + [
      "--moe-router-load-balancing-type aux_loss",
      "--moe-aux-loss-coeff 0.01",
      "--moe-z-loss-coeff 0.001",
      "--moe-grouped-gemm",
      "--moe-token-dispatcher-type alltoall",
    ]
  }

  /// AdamW and warm-up, stable, decay as in the paper; its decay length is not printed, a fifth of
  /// the steps stands for it, as in a grid.
  private var optimisation: [String] {
    var flags = [
      "--optimizer adam", "--adam-beta1 0.9", "--adam-beta2 0.95", "--weight-decay 0.1",
      "--clip-grad 1.0", "--init-method-std 0.006", "--bf16",
    ]
    if let rate = training.learningRate {
      flags += [
        "--lr \(rate)", "--min-lr \(Double(String(format: "%.4e", rate / 10)) ?? rate / 10)",
      ]
    }
    if let sequences = training.batchSequences {
      flags.append("--global-batch-size \(sequences)")
    }
    if let steps = training.steps {
      flags += [
        "--train-iters \(steps)",
        "--lr-warmup-iters \(max(1, steps / 100))",
        "--lr-decay-iters \(steps)",
        "--lr-decay-style WSD",
        "--lr-wsd-decay-style exponential",
        "--lr-wsd-decay-iters \(max(1, steps / 5))",
      ]
    }
    return flags
  }
}

extension ModelPlan {
  /// The plan as Megatron-Core flags.
  public var megatron: MegatronArguments {
    MegatronArguments(
      architecture,
      training: .init(learningRate: learningRate, batchSequences: batchSequences, steps: steps))
  }
}

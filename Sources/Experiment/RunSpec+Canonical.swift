extension RunSpec {
  /// The spec as JSON with sorted keys and no spaces: equal specs, equal bytes.
  public var canonical: String {
    var json = CanonicalJSON(capacity: 1024)
    json.object { json in
      json.field("architecture", object: architecture.write)
      json.field("batch_sequences", batchSequences)
      json.field("corpus") { json in
        json.field("name", corpus.name)
        json.field("sha256", corpus.sha256)
      }
      json.field("evaluation") { json in
        json.field("count", evaluation.count)
        json.field("sequences", evaluation.sequences)
      }
      initialisation.write(&json)
      json.field("optimiser", object: optimiser.write)
      if precision != .float32 { json.field("precision", precision.rawValue) }
      json.field("router", object: router.write)
      json.field("schedule") { json in
        json.field("decay_fraction", schedule.decayFraction)
        json.field("final_fraction", schedule.finalFraction)
        json.field("warmup_fraction", schedule.warmupFraction)
      }
      json.field("seed", seed)
      json.field("steps", steps)
      json.field("trainer", trainer)
    }
    return json.text
  }
}

extension Architecture {
  fileprivate func write(_ json: inout CanonicalJSON) {
    json.field("d_expert", dExpert)
    json.field("d_ffn", dFFN)
    json.field("d_model", dModel)
    json.field("dense_layers", denseLayers)
    json.field("experts", experts)
    json.field("heads", heads)
    json.field("kv_heads", kvHeads)
    json.field("layers", layers)
    json.field("seq_len", seqLen)
    json.field("shared_experts", sharedExperts)
    json.field("top_k", topK)
    json.field("vocab", vocab)
  }
}

extension RunSpec.Initialisation {
  fileprivate func write(_ json: inout CanonicalJSON) {
    switch self {
    case .fanIn: json.field("initialisation", "fan_in")
    case .normal(let sigma):
      json.field("initialisation") { json in json.field("normal", sigma) }
    }
  }
}

extension RunSpec.Optimiser {
  fileprivate func write(_ json: inout CanonicalJSON) {
    json.field("beta1", beta1)
    json.field("beta2", beta2)
    json.field("clip", clip)
    json.field("epsilon", epsilon)
    json.field("learning_rate", learningRate)
    json.field("weight_decay", weightDecay)
  }
}

extension RunSpec.Router {
  fileprivate func write(_ json: inout CanonicalJSON) {
    json.field("balance_coefficient", balanceCoefficient)
    json.field("bias_update", biasUpdate)
    json.field("gate", gate.rawValue)
    json.field("z_coefficient", zCoefficient)
  }
}

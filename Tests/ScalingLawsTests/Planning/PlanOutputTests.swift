import Experiment
import Foundation
import GridFile
import Testing

@testable import ScalingLaws

@Suite("What a plan is written as")
struct PlanOutputTests {
  static let beta = PlanRequest(
    budget: .flops(9e21), tokens: 1e12,
    constraints: ShapeConstraints(maxTotalParameters: 17.5e9, layers: 20...20))

  @Test(
    "the grid file expands to the very run",
    arguments: PlanTests.requests.enumerated().filter { $0.offset.isMultiple(of: 3) }.map(\.element)
      + [beta])
  func gridExpands(request: PlanRequest) throws {
    let plan = try request.plan()
    let text = plan.gridText(study: "s", name: "g", corpus: "c")
    let grid = try GridFile.decode(text, file: "plan.yaml").stages[0]
    let runs = try grid.expand(
      resolved: ResolvedSettings(), corpus: .init(name: "c", sha256: ""),
      vocab: plan.architecture.vocab)
    #expect(runs.count == 1)
    let spec = try #require(runs.first).spec
    #expect(spec.architecture == plan.architecture)
    #expect(spec.batchSequences == plan.batchSequences)
    #expect(spec.steps == plan.steps)
    #expect(spec.optimiser.learningRate == plan.learningRate)
    #expect(runs[0].flags.isEmpty)
  }

  @Test("the grid file of Ling-mini-beta's budget, to the letter")
  func gridText() throws {
    let text = try Self.beta.plan().gridText(study: "next", name: "mini", corpus: "web")
    #expect(
      text == """
        # 20L d2048 h16/4 e448 10of328+1 1xf4928, 8.92e21 FLOPs: EL 7.18 predicted by \
        ling-2507.17702 Eq. 13
        study: next
        grid: mini
        corpus: web
        budgets: [8.918151629e21]
        sequence_length: 8192

        families:
          moe:
            kind: moe
            base:
              A: 5/164
              G: 64/7
              top_k: 10
              shared_experts: 1
              dense_layers: 1
              layers: 20
              width_multiple: 256
              head_dim: 128
              kv_ratio: 1/4
            allocation: {M: 8918138880}   # C / D with D = 1e12 tokens
            hyperparameters:
              learning_rate: 0.00050904   # ling-2507.17702 Eq. 3
              batch_tokens: 6938624   # ling-2507.17702 Eq. 3

        """)
  }

  @Test("the document shows the very grid file")
  func documented() throws {
    let document = PresetFolder.url.deletingLastPathComponent().appending(path: "docs/plan.md")
    let text = try Self.beta.plan().gridText(study: "plan", name: "plan", corpus: "debian-mix")
    #expect(try String(contentsOf: document, encoding: .utf8).contains("```yaml\n\(text)```"))
  }

  @Test("Ling-mini-beta as a Hugging Face config")
  func huggingFace() throws {
    let config = HuggingFaceConfig(try PresetFolder.preset("ling-mini-beta").architecture)
    #expect(
      try json(config) == """
        {"architectures":["Dots1ForCausalLM"],"attention_bias":false,"first_k_dense_replace":1,\
        "head_dim":128,"hidden_act":"silu","hidden_size":2048,"intermediate_size":5120,\
        "max_position_embeddings":8192,"model_type":"dots1","moe_intermediate_size":384,\
        "n_group":1,"n_routed_experts":384,"n_shared_experts":1,"norm_topk_prob":true,\
        "num_attention_heads":16,"num_experts_per_tok":12,"num_hidden_layers":20,\
        "num_key_value_heads":4,"sliding_window":null,"tie_word_embeddings":false,\
        "topk_group":1,"vocab_size":126464}
        """)
  }

  @Test("the dense peer as a Hugging Face config")
  func denseHuggingFace() throws {
    let config = HuggingFaceConfig(try PresetFolder.preset("ling-dense-6.1b").architecture)
    #expect(
      try json(config) == """
        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"head_dim":128,\
        "hidden_act":"silu","hidden_size":4096,"intermediate_size":14336,\
        "max_position_embeddings":8192,"model_type":"llama","num_attention_heads":32,\
        "num_hidden_layers":28,"num_key_value_heads":8,"tie_word_embeddings":false,\
        "vocab_size":126464}
        """)
  }

  @Test("Ling-mini-beta's budget as Megatron-Core flags")
  func megatron() throws {
    let flags = try Self.beta.plan().megatron.flags
    #expect(
      flags == [
        "--num-layers 20", "--hidden-size 2048", "--num-attention-heads 16", "--kv-channels 128",
        "--group-query-attention", "--num-query-groups 4", "--seq-length 8192",
        "--max-position-embeddings 8192", "--vocab-size 126464", "--position-embedding-type rope",
        "--normalization RMSNorm", "--swiglu", "--disable-bias-linear",
        "--untie-embeddings-and-output-weights", "--attention-dropout 0", "--hidden-dropout 0",
        "--ffn-hidden-size 4928", "--num-experts 328", "--moe-router-topk 10",
        "--moe-ffn-hidden-size 448", "--moe-shared-expert-intermediate-size 448",
        "--moe-layer-freq \"([0]*1+[1]*19)\"", "--moe-router-load-balancing-type aux_loss",
        "--moe-aux-loss-coeff 0.01", "--moe-z-loss-coeff 0.001", "--moe-grouped-gemm",
        "--moe-token-dispatcher-type alltoall", "--optimizer adam", "--adam-beta1 0.9",
        "--adam-beta2 0.95", "--weight-decay 0.1", "--clip-grad 1.0", "--init-method-std 0.006",
        "--bf16", "--lr 0.00050904", "--min-lr 5.0904e-05", "--global-batch-size 847",
        "--train-iters 144121", "--lr-warmup-iters 1441", "--lr-decay-iters 144121",
        "--lr-decay-style WSD", "--lr-wsd-decay-style exponential",
        "--lr-wsd-decay-iters 28824",
      ])
  }

  @Test("a dense model has no flag of experts, full attention none of groups")
  func denseMegatron() throws {
    var shape = try PresetFolder.preset("ling-dense-6.1b").architecture
    shape.kvHeads = shape.heads
    let flags = MegatronArguments(shape, training: .init()).flags
    #expect(flags.contains("--ffn-hidden-size 14336"))
    #expect(!flags.contains { $0.hasPrefix("--moe") || $0.hasPrefix("--num-experts") })
    #expect(!flags.contains { $0.contains("group") || $0.hasPrefix("--lr") })
  }

  @Test("JSON has the numbers under the field's names")
  func json() throws {
    let plan = try Self.beta.plan()
    let object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "A", "EL", "EL_high", "EL_interval", "EL_low", "G", "S", "active_parameters", "allocation",
        "alternatives", "architecture", "batch_sequences", "batch_tokens", "budget", "compute",
        "dense", "flags", "flops_per_token", "learning_rate", "loss", "parameters", "provenance",
        "steps", "target_flops_per_token", "tokens",
      ])
    #expect(object["allocation"] as? String == "tokens")
    #expect(object["loss"] is NSNull)
    #expect((object["alternatives"] as? [[String: Any]])?.count == plan.alternatives.count)
    let shape = try #require(object["architecture"] as? [String: Any])
    #expect(shape["d_expert"] as? Int == plan.architecture.dExpert)
    #expect(
      object["flags"] as? [String] == [
        "learning_rate_extrapolated", "batch_extrapolated", "leverage_extrapolated",
      ])
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

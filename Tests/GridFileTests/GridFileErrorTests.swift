import GridFile
import Testing

@Suite("A faulty grid file is refused with the line, the key and what would be right")
struct GridFileErrorTests {
  static let good = """
    study: s
    grid: g
    corpus: c
    budgets: [1e12]
    allocation: {M: 1e6}
    hyperparameters: {learning_rate: 0.01, batch_tokens: 1024}
    families:
      moe:
        kind: moe
        base: {A: 1/8, top_k: 2}
        axes:
          - A: [1/2, 1/8]
      dense:
        kind: dense
    """

  /// What is replaced in the good text, by what, and the message.
  static let cases: [(String, String, String)] = [
    (
      "study: s", "studdy: s",
      "1: study: missing; give the name of the study\ngrid.yaml:1: studdy: unknown key; did "
        + "you mean study?"
    ),
    (
      "budgets:", "bugdets:",
      "1: budgets: missing; give a list of FLOPs, such as [3e11, 1e12]\ngrid.yaml:4: "
        + "bugdets: unknown key; did you mean budgets?"
    ),
    (
      "kind: moe", "kind: mow",
      "9: families.moe.kind: \"mow\" is unknown; did you mean moe?"
    ),
    (
      "kind: dense", "kind: sparse",
      "14: families.dense.kind: \"sparse\" is unknown; known are dense, moe"
    ),
    (
      "A: 1/8", "A: 1/0",
      "10: families.moe.base.A: \"1/0\" is not a number such as 1/32, 0.25 or 3.1%"
    ),
    (
      "A: 1/8", "A: 150%",
      "10: families.moe.base.A: \"150%\" is not above 0 and at most 1"
    ),
    (
      "top_k: 2", "topk: 2",
      "10: families.moe.base.topk: unknown key; did you mean top_k?"
    ),
    (
      "top_k: 2", "top_k: two",
      "10: families.moe.base.top_k: \"two\" is not a whole number from 1 to 65536"
    ),
    (
      "top_k: 2", "top_k: 12:30",
      "10: families.moe.base.top_k: \"12:30\" is not a whole number from 1 to 65536"
    ),
    (
      "top_k: 2", "top_k: 2, S: 1/2, shared_experts: 2",
      "10: families.moe.base.S: conflicts with shared_experts; keep one of the two"
    ),
    (
      "top_k: 2", "top_k: 2, S: 1/4",
      "10: families.moe.base.S: \"1/4\" is not possible with top_k 2: E_s = S / (1 - S) * "
        + "E_a must be whole"
    ),
    (
      "top_k: 2", "top_k: 2, width_multiple: 5",
      "10: families.moe.base.width_multiple: \"5\" is not an even number: rotary heads are "
        + "even"
    ),
    (
      "- A: [1/2, 1/8]", "- A: [1/2, 0.5]",
      "12: families.moe.axes[0].A[1]: \"0.5\" stands here twice; keep one"
    ),
    (
      "- A: [1/2, 1/8]", "- A: 1/2",
      "12: families.moe.axes[0].A: expected a list of values, such as [1/2, 1/8], found "
        + "\"1/2\""
    ),
    (
      "- A: [1/2, 1/8]", "- A: []",
      "12: families.moe.axes[0].A: expected a list of values, such as [1/2, 1/8], found an "
        + "empty list"
    ),
    (
      "- A: [1/2, 1/8]", "- B: [1/2]",
      "12: families.moe.axes[0].B: unknown key; known are A, G, S, dense_layers, "
        + "attention_share, scale, balance_coefficient, bias_update, learning_rate, batch"
    ),
    (
      "- A: [1/2, 1/8]", "A: [1/2, 1/8]",
      "12: families.moe.axes: expected a list of sweeps, such as - A: [1/2, 1/8], found a "
        + "mapping"
    ),
    (
      "kind: dense", "kind: dense\n    axes:\n      - A: [1/2]",
      "16: families.dense.axes[0].A: conflicts with kind: dense; a dense family has "
        + "attention_share, scale, learning_rate, batch"
    ),
    (
      "kind: dense", "kind: dense\n    kind: moe",
      "14: the mapping that starts here has kind more than once; keep one"
    ),
    (
      "budgets: [1e12]", "budgets: [1e12, -1]",
      "4: budgets[1]: \"-1\" is not a number of FLOPs above 0"
    ),
    (
      "budgets: [1e12]", "budgets: 1e12",
      "4: budgets: expected a list of FLOPs, found \"1e12\""
    ),
    (
      "budgets: [1e12]", "budgets: [1e12, 1000000000000]",
      "4: budgets[1]: \"1000000000000\" stands here twice; keep one"
    ),
    (
      "budgets: [1e12]", "budgets: [1_000]",
      "4: budgets[0]: \"1_000\" is not a number of FLOPs above 0"
    ),
    (
      "budgets: [1e12]", "budgets: [1e12",
      "5: this is no YAML: did not find expected ',' or ']'"
    ),
    (
      "budgets: [1e12]", "budgets:",
      "4: budgets: expected a list of FLOPs, found nothing"
    ),
    (
      "allocation: {M: 1e6}", "allocation: {}",
      "5: allocation: missing; give M, law or fitted"
    ),
    (
      "allocation: {M: 1e6}", "allocation: {M: {a: 1}}",
      "5: allocation.M.b: missing; give the exponent of y = a * C^b"
    ),
    (
      "allocation: {M: 1e6}", "allocation: {law: a, fitted: b}",
      "5: allocation.fitted: conflicts with law; keep one of law and fitted"
    ),
    (
      "allocation: {M: 1e6}", "allocation: {fitted: a@}",
      "5: allocation.fitted: \"a@\" is not the name of a fitted law, NAME or NAME@REVISION"
    ),
    (
      "corpus: c", "corpus: ../c",
      "3: corpus: \"../c\" is not a name of letters, digits, \".\", \"-\" and \"_\""
    ),
    (
      "corpus: c", "corpus: c\nrouter: {gate: softmaxx, balance: 0.1}",
      "4: router.gate: \"softmaxx\" is unknown; did you mean softmax?\ngrid.yaml:4: "
        + "router.balance: unknown key; did you mean balance_coefficient?"
    ),
    (
      "corpus: c", "corpus: c\nschedule: {warmup_fraction: 0.6, decay_fraction: 0.6}",
      "4: schedule: \"0.6 + 0.6\" is not at most 1, which warmup_fraction and decay_fraction "
        + "share"
    ),
    (
      "corpus: c", "corpus: c\ninitialisation: xavier",
      "4: initialisation: \"xavier\" is not fan_in or {normal: 0.006}"
    ),
    (
      "corpus: c", "corpus: c\noptimiser: {beta1: 1}",
      "4: optimiser.beta1: \"1\" is not a number from 0 to below 1"
    ),
    (
      "corpus: c", "corpus: c\nseeds: [1.5]",
      "4: seeds[0]: \"1.5\" is not a whole number from 0"
    ),
    (
      "corpus: c", "corpus: c\n? [a]\n: b",
      "4: expected a key, found a list"
    ),
    (
      "families:", "family:",
      "1: families: missing; give at least one family\ngrid.yaml:7: family: unknown key; "
        + "did you mean families?"
    ),
  ]

  @Test("The message is exact", arguments: cases)
  func messages(old: String, new: String, message: String) {
    let error = #expect(throws: GridFileError.self) {
      try GridFile.decode(
        Self.good.replacing(old, with: new, maxReplacements: 1), file: "grid.yaml")
    }
    #expect(error?.description == "grid.yaml:" + message)
  }
}

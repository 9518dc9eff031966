import Foundation
import Testing

import ScalingLaws

/// Each formula once more, written as on paper: parameters p and variables x in the form's order.
private let transcriptions: [String: @Sendable (_ p: [Double], _ x: [Double]) -> Double] = [
  "joint-leverage": { p, x in
    let shift = 1 / (1 / p[4] - 1 / p[5])
    let a = 1 / (1 / (x[0] + shift) + 1 / p[5])
    let g = log2(x[1])
    return pow(a, p[0] + p[1] * log10(x[2]) + p[2] * g * g + p[3] * g)
  },
  "lr-by-compute": { p, x in p[0] * pow(x[0], p[1]) },
  "batch-by-compute": { p, x in p[0] * pow(x[0], p[1]) },
  "flops-by-compute": { p, x in p[0] * pow(x[0], p[1]) },
  "tokens-by-compute": { p, x in p[0] * pow(x[0], p[1]) },
  "batch-by-tokens": { p, x in p[0] * pow(x[0], p[1]) },
  "lr-by-parameters": { p, x in p[0] * pow(x[0], p[1]) },
  "batch-by-parameters": { p, x in p[0] * pow(x[0], p[1]) },
  "batch-by-loss": { p, x in p[0] * pow(x[0], p[1]) },
  "lr-by-parameters-and-tokens": { p, x in p[0] * pow(x[0], p[1]) * pow(x[1], p[2]) },
  "lr-by-experts": { p, x in p[0] * pow(x[0], p[1]) * pow(x[1], p[2]) },
  "chinchilla": { p, x in p[0] + p[1] / pow(x[0], p[3]) + p[2] / pow(x[1], p[4]) },
  "kaplan": { p, x in pow(pow(p[0] / x[0], p[2] / p[3]) + p[1] / x[1], p[3]) },
  "kaplan-by-parameters": { p, x in pow(p[0] / x[0], p[1]) },
  "kaplan-by-tokens": { p, x in pow(p[0] / x[0], p[1]) },
  "kaplan-by-compute": { p, x in pow(p[0] / x[0], p[1]) },
  "clark": { p, x in
    let e = 1 / (1 / (x[1] - 1 + 1 / (1 / p[4] - 1 / p[5])) + 1 / p[5])
    let (n, logE) = (log10(x[0]), log10(e))
    return pow(10, p[0] * n + p[1] * logE + p[2] * n * logE + p[3])
  },
  "krajewski": { p, x in
    p[6] + (p[4] / pow(x[2], p[5]) + p[0]) / pow(x[0], p[1]) + p[2] / pow(x[1], p[3])
  },
  "joint-moe": { p, x in
    let e = 1 / (1 / (x[0] - 1 + 0.01 + 1 / (1 / p[8] - 1 / p[9])) + 1 / p[9])
    let size = p[0] * pow(e, p[2]) * pow(x[1], p[1] + p[3] * log(e))
    let data = p[4] * pow(e, p[6]) * pow(x[2], p[5] + p[7] * log(e))
    return size + data + p[10]
  },
  "abnar": { p, x in
    let active = 1 - x[2]
    let mixed = p[6] / (pow(active, p[7]) * pow(x[0], p[8]))
    return p[0] / pow(x[0], p[1]) + p[2] / pow(x[1], p[3]) + p[4] / pow(active, p[5]) + mixed + p[9]
  },
  "frantar": { p, x in
    let size = (p[0] * pow(1 - x[2], p[1]) + p[2]) * pow(1 / x[0], p[3])
    return size + pow(p[4] / x[1], p[5]) + p[6]
  },
  "zhao": { p, x in
    let (g, s, n, active, d) = (x[0], x[1], x[2], x[3], x[4])
    let shape = p[0] * g + p[1] / g + p[2] * s * s + p[3] * s
    let size = 1 / pow(n, p[7]) + p[4] / pow(active, p[7]) + p[5] * active / n
    return shape * size + p[6] / pow(n, p[7]) + p[8] / pow(d, p[9]) + p[10] / pow(active, p[7])
      + p[11]
  },
  "muennighoff": { p, x in
    let uniqueD = min(x[1], x[2])
    let uniqueN = min(x[0], 0.051 * uniqueD)
    let data = uniqueD + uniqueD * p[5] * (1 - exp(-(x[1] / uniqueD - 1) / p[5]))
    let size = uniqueN + uniqueN * p[6] * (1 - exp(-(x[0] / uniqueN - 1) / p[6]))
    return p[0] + p[1] / pow(size, p[3]) + p[2] / pow(data, p[4])
  },
]

@Suite("Published values")
struct TranscriptionTests {
  private static let published = LawForms.all.filter { !$0.published.isEmpty }.map {
    FormCase(form: $0)
  }

  @Test(
    "Each form gives what its formula gives when it is written down plainly", arguments: published)
  func transcription(sample: FormCase) throws {
    let form = sample.form
    let plain = try #require(transcriptions[form.name])
    var generator = SplitMix64(seed: 21)
    for coefficients in form.published {
      for _ in 0..<50 {
        let x = FormSample.point(of: form, &generator)
        let value = try form.value(at: x, parameters: coefficients.values)
        let expected = plain(coefficients.values, x)
        #expect(abs(value / expected - 1) < 1e-11, "\(coefficients.name) at \(x)")
      }
    }
  }

  @Test("Chinchilla at 70B parameters and 1.4T tokens gives a loss of 1.92")
  func chinchilla() throws {
    let evaluation = try LawEvaluation("hoffmann-2203.15556", at: ["N": 70e9, "D": 1.4e12])
    #expect(abs(evaluation.results[0].value - 1.921) < 0.001)
    #expect(evaluation.results[0].extrapolated.map(\.variable) == ["N", "D"])
  }

  @Test("With 128 experts each of Clark's routers is below its loss with one")
  func clark() throws {
    let dense = try LawEvaluation("clark-2202.01169", at: ["N": 1e8, "E": 1])
    let routed = try LawEvaluation("clark-2202.01169", at: ["N": 1e8, "E": 128])
    #expect(dense.results.map(\.variant) == ["s-base", "rl-r", "hash"])
    for (one, many) in zip(dense.results, routed.results) { #expect(many.value < one.value) }
  }

  @Test("MiniCPM's batch at a loss of 2.5 is four million tokens")
  func batchByLoss() throws {
    let evaluation = try LawEvaluation("minicpm-2404.06395", at: ["L": 2.5])
    #expect(abs(evaluation.results[0].value / 4e6 - 1) < 0.01)
  }

  @Test("Krajewski's two laws need G for the MoE and not for the dense model")
  func krajewski() throws {
    let dense = try LawEvaluation("krajewski-2402.07871", at: ["N": 1e9, "D": 2e10])
    #expect(dense.results.map(\.variant) == ["dense"])
    #expect(dense.gaps.map(\.missing) == [["G"]])
    let both = try LawEvaluation("krajewski-2402.07871", at: ["N": 1e9, "D": 2e10, "G": 8])
    #expect(both.results.map(\.variant) == ["dense", "moe"])
  }

  @Test("Data that is not repeated counts in full, and forty epochs are worth fifteen")
  func repeatedData() throws {
    func loss(tokens: Double, unique: Double) throws -> Double {
      try LawEvaluation(
        "muennighoff-2305.16264", at: ["N": 1e8, "D": tokens, "U": unique]
      ).results[0].value
    }
    let fresh = try loss(tokens: 4e10, unique: 4e10)
    let fresher = try loss(tokens: 4e10, unique: 1e12)
    #expect(fresh == fresher)
    let repeated = try loss(tokens: 4e10, unique: 1e9)
    // 1e9·(1 + R*·(1 − e^(−39/R*))) = 1.517e10 effective tokens for a small model.
    #expect(repeated > fresh)
    let worth = try loss(tokens: 1.517e10, unique: 1.517e10)
    #expect(abs(repeated - worth) < 0.01 * repeated)
  }
}

import COneDNN
import Corpus
import Experiment
import Foundation
import Trainer
import Wire

/// How fast the native trainer trains, beside the fastest matrix product of the same core in the same
/// run. One thread, synthetic tokens.
@main
enum TrainerBenchmark {
  static let batchTokens = 4096
  static let seqLen = 128

  static func main() throws {
    if let spec = CommandLine.arguments.dropFirst().first { return try Rounds(spec: spec).run() }
    let peak = productPeak()
    print("dnnl_sgemm, 1024³, one thread: \(rounded(peak / 1e9)) GFLOP/s\n")
    print("  d  layers  experts  tokens/s  GFLOP/s  of the product peak")
    for (dModel, layers) in [(32, 2), (64, 2), (128, 4)] {
      for experts in [0, 32] {
        let shape = architecture(dModel: dModel, layers: layers, experts: experts)
        let finished = try train(shape)
        let seconds = finished.cpuSeconds ?? finished.seconds ?? .nan
        let tokens = Double(finished.tokens) / seconds
        let flops = tokens * Double(shape.trainingFLOPsPerToken(.complete))
        print(
          String(
            format: "%3d  %6d  %7d  %8.0f  %7.1f  %.2f", dModel, layers, experts, tokens,
            flops / 1e9, flops / peak))
      }
    }
  }

  /// FLOPs a second of a large square product, the best of several.
  static func productPeak() -> Double {
    let n = 1024
    let left = [Float](repeating: 0.5, count: n * n)
    let right = [Float](repeating: 0.25, count: n * n)
    var product = [Float](repeating: 0, count: n * n)
    let size = Int64(n)
    let none = CChar(UInt8(ascii: "N"))
    let times = (0..<8).map { _ in
      let start = TrainingClock.system.cpu()
      dnnl_sgemm(none, none, size, size, size, 1, left, size, right, size, 0, &product, size)
      return TrainingClock.system.cpu() - start
    }
    return 2 * pow(Double(n), 3) / times.min()!
  }

  private static func architecture(dModel: Int, layers: Int, experts: Int) -> Architecture {
    let isDense = experts == 0
    return Architecture(
      layers: layers, dModel: dModel, heads: dModel / 16, kvHeads: dModel / 16,
      dFFN: isDense ? 3 * dModel : 0, dExpert: isDense ? 0 : dModel, experts: experts,
      topK: isDense ? 0 : 2, sharedExperts: isDense ? 0 : 1, denseLayers: isDense ? layers : 0,
      vocab: 1024, seqLen: seqLen)
  }

  /// Trains for about two seconds; times are of the steps alone.
  private static func train(_ shape: Architecture) throws -> TrainerEvent.Finished {
    let work = Double(shape.trainingFLOPsPerToken(.complete) * batchTokens)
    let spec = RunSpec(
      trainer: "native", architecture: shape, router: .init(), initialisation: .fanIn,
      optimiser: .init(learningRate: 3e-3), schedule: .init(),
      batchSequences: batchTokens / seqLen, steps: max(10, Int(1e11 / work)),
      corpus: .init(name: "synthetic", sha256: ""), evaluation: .init(count: 1, sequences: 8),
      seed: 1)
    let windows = SyntheticTokens.windows(vocab: shape.vocab, seqLen: seqLen)
    let process = try TrainingProcess(
      spec, training: windows, validation: windows, bytesPerToken: 1)
    var result: TrainerEvent.Finished?
    process.run { event in
      if case .finished(let finished) = event { result = finished }
    }
    return result!
  }

  private static func rounded(_ value: Double) -> String { String(format: "%.1f", value) }
}

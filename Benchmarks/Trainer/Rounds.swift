import Corpus
import Experiment
import Foundation
import Trainer
import Wire

/// Trains the same spec again and again, when told to: what a comparison with another program needs
/// to take turns with it.
///
/// For each line of standard input it trains the spec's steps on synthetic tokens and prints one JSON
/// object.
struct Rounds {
  /// One round's result.
  struct Round: Encodable {
    let tokens: Int
    /// Of the steps alone.
    let cpuSeconds: Double
    /// FLOPs of the steps, routers and logits included.
    let flops: Double
    /// FLOPs a second of the fastest product, measured in this round.
    let productPeak: Double
    /// Anonymous memory at the last step beyond what there was before the model.
    let residentBytes: Int
    let parameters: Int

    private enum CodingKeys: String, CodingKey {
      case tokens, flops, parameters
      case cpuSeconds = "cpu_seconds"
      case productPeak = "product_peak"
      case residentBytes = "resident_bytes"
    }
  }

  private let spec: RunSpec
  private let process: TrainingProcess

  /// - Parameter path: of a run spec, JSON; its corpus is not looked at.
  init(spec path: String) throws {
    spec = try JSONDecoder().decode(
      RunSpec.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let windows = SyntheticTokens.windows(
      vocab: spec.architecture.vocab, seqLen: spec.architecture.seqLen)
    process = try TrainingProcess(
      spec, training: windows, validation: windows, bytesPerToken: nil)
  }

  func run() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    while readLine() != nil {
      let line = try encoder.encode(round()) + Data("\n".utf8)
      try FileHandle.standardOutput.write(contentsOf: line)
    }
  }

  private func round() -> Round {
    let empty = anonymousBytes()
    var resident = empty
    var result: TrainerEvent.Finished?
    process.run { event in
      guard case .finished(let finished) = event else { return }
      resident = anonymousBytes()
      result = finished
    }
    let tokens = result!.tokens
    return Round(
      tokens: tokens, cpuSeconds: result!.cpuSeconds ?? .nan,
      flops: Double(spec.architecture.trainingFLOPsPerToken(.complete)) * Double(tokens),
      productPeak: TrainerBenchmark.productPeak(), residentBytes: resident - empty,
      parameters: spec.architecture.parameters.total)
  }
}

/// Tokens that cost nothing to make.
enum SyntheticTokens {
  static func windows(vocab: Int, seqLen: Int) -> TokenWindows {
    let tokens = (0..<1_000_000).map { UInt16(($0 &* 2_654_435_761) >> 7 % vocab) }
    return TokenWindows(tokens: tokens, seqLen: seqLen)
  }
}

/// Resident memory of this process that no file backs.
private func anonymousBytes() -> Int {
  let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = status?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
  return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Int($0) }
    .map { $0 * 1024 } ?? 0
}

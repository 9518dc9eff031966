import Corpus
import Experiment
import Foundation
import Wire

/// The loss on held-out windows: the same ones every time, evenly spaced over the split.
struct Evaluation {
  private let windows: TokenWindows
  private let sequences: Int
  private let vocab: Int
  private let bytesPerToken: Double?
  private let full: TokenBatch
  /// For the sequences that do not fill a batch.
  private let rest: TokenBatch

  init(_ windows: TokenWindows, spec: RunSpec, bytesPerToken: Double?) {
    self.windows = windows
    self.bytesPerToken = bytesPerToken
    vocab = spec.architecture.vocab
    sequences = min(spec.evaluation.sequences, windows.count)
    let batch = min(spec.batchSequences, sequences)
    full = TokenBatch(sequences: batch, seqLen: windows.seqLen)
    rest = TokenBatch(sequences: sequences % batch, seqLen: windows.seqLen)
  }

  /// Mean cross-entropy of `model`, nats a token.
  func measure(_ model: Transformer) -> Double {
    var total = 0.0
    var done = 0
    while done < sequences {
      let batch = sequences - done >= full.sequences ? full : rest
      batch.load(windows, vocab: vocab) { (done + $0) * windows.count / sequences }
      total += model.evaluate(batch).crossEntropy * Double(batch.sequences)
      done += batch.sequences
    }
    return total / Double(sequences)
  }

  /// `loss` in bits a byte of text.
  func bitsPerByte(_ loss: Double) -> Double? {
    bytesPerToken.map { loss / (log(2) * $0) }
  }

  func event(_ loss: Double, step: Int, tokens: Int) -> TrainerEvent {
    .eval(
      .init(
        step: step, tokens: tokens, split: "validation", loss: loss,
        bitsPerByte: bitsPerByte(loss)))
  }
}

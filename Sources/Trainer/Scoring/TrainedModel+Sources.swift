import Corpus
import Experiment
import Foundation
import Wire

extension TrainedModel {
  /// The loss by source, in nats a token and bits a byte of text.
  public func score(_ suite: SourceSuite, progress: ScoringProgress = { _ in }) -> SuiteResult {
    var tally = SourceTally(suite.documents)
    var done = 0
    while done < suite.chosen {
      // A batch that is not full scores its last window more than once, and counts it once.
      batch.load(suite.windows, vocab: spec.architecture.vocab) {
        suite.window(min(done + $0, suite.chosen - 1))
      }
      let losses = losses()
      let count = min(batch.sequences, suite.chosen - done)
      for sequence in 0..<count {
        // A window's first target is the stream's token one after its start.
        let first = suite.window(done + sequence) * batch.seqLen + 1
        tally.add(losses[sequence * batch.seqLen..<(sequence + 1) * batch.seqLen], from: first)
      }
      done += count
      progress(Double(done) / Double(suite.chosen))
    }
    return SuiteResult(
      suite: .sources, sha256: suite.sha256, chance: nil,
      scores: tally.scores(bytesPerToken: suite.bytesPerToken))
  }
}

/// Losses gathered by document.
private struct SourceTally {
  private let documents: [HeldOutDocument]
  private var nats: [Double]
  private var tokens: [Int]

  init(_ documents: [HeldOutDocument]) {
    self.documents = documents
    nats = Array(repeating: 0, count: documents.count)
    tokens = Array(repeating: 0, count: documents.count)
  }

  /// Adds the losses of the tokens that begin at `first` in the stream.
  mutating func add(_ losses: ArraySlice<Double>, from first: Int) {
    var document = documents.partitioned { $0.tokens.upperBound > first }
    for (position, loss) in zip(first..., losses) {
      while documents[document].tokens.upperBound <= position { document += 1 }
      nats[document] += loss
      tokens[document] += 1
    }
  }

  func scores(bytesPerToken: [String: Double]) -> [SuiteScore] {
    var sources: [String: [Int]] = [:]
    var names: [String] = []
    for index in documents.indices where tokens[index] > 0 {
      if sources[documents[index].source] == nil { names.append(documents[index].source) }
      sources[documents[index].source, default: []].append(index)
    }
    let all = names.flatMap { sources[$0] ?? [] }
    return names.sorted().flatMap {
      scores($0, sources[$0] ?? [], bytesPerToken[$0], keepingSamples: true)
    } + scores(SuiteScore.all, all, bytesPerToken[SuiteScore.all], keepingSamples: false)
  }

  private func scores(
    _ source: String, _ samples: [Int], _ bytesPerToken: Double?, keepingSamples: Bool
  ) -> [SuiteScore] {
    let count = samples.reduce(0) { $0 + tokens[$1] }
    let loss = samples.reduce(0) { $0 + nats[$1] } / Double(count)
    // A millionth of a nat is below what two instruction sets agree on.
    let values = samples.map { (1e6 * nats[$0] / Double(tokens[$0])).rounded() / 1e6 }
    let weights = samples.map { Double(tokens[$0]) }
    var scores = [
      SuiteScore(
        source: source, metric: .loss, value: loss, count: count, samples: samples.count,
        values: keepingSamples ? values : nil, weights: keepingSamples ? weights : nil)
    ]
    if let bytesPerToken {
      scores.append(
        SuiteScore(
          source: source, metric: .bitsPerByte, value: loss / (log(2) * bytesPerToken),
          count: Int((bytesPerToken * Double(count)).rounded()), samples: samples.count))
    }
    return scores
  }
}

extension Array {
  /// The first index whose element satisfies `holds`, which no element after one that does fails.
  fileprivate func partitioned(by holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

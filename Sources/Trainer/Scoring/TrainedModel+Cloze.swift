import Corpus
import Experiment
import Wire

extension TrainedModel {
  /// The share of items whose right word has the lowest loss, a byte and a token, with Wilson's
  /// interval. A context that is longer than the model's sequence loses its beginning.
  public func score(_ suite: ClozeSuite, progress: ScoringProgress = { _ in }) -> SuiteResult {
    let places = suite.questions.indices.flatMap { question in
      suite.questions[question].candidates.indices.map { (question: question, candidate: $0) }
    }
    var losses = suite.questions.map { $0.candidates.map { _ in 0.0 } }
    for start in stride(from: 0, to: places.count, by: batch.sequences) {
      let taken = places[start..<min(start + batch.sequences, places.count)]
      let spans = taken.enumerated().map { sequence, place in
        let question = suite.questions[place.question]
        return fill(
          sequence, question.context, question.candidates[place.candidate].tokens)
      }
      let tokens = self.losses()
      for (place, span) in zip(taken, spans) {
        losses[place.question][place.candidate] = tokens[span].reduce(0, +)
      }
      progress(Double(start + taken.count) / Double(places.count))
    }
    return SuiteResult(
      suite: .cloze, sha256: suite.sha256, chance: ClozeSet.chance,
      scores: Self.scores(suite, losses))
  }

  /// Puts context and candidate into a sequence of the batch, and returns where the candidate's losses
  /// will be. What comes after them is not seen by them.
  private func fill(_ sequence: Int, _ context: [Int32], _ candidate: [Int32]) -> Range<Int> {
    let tokens = Array((context + candidate).suffix(batch.seqLen + 1))
    // A token outside the vocabulary would be read as an address.
    precondition(
      tokens.allSatisfy { 0 <= $0 && $0 < spec.architecture.vocab },
      "a token lies outside the vocabulary")
    let start = sequence * batch.seqLen
    for position in 0..<batch.seqLen {
      batch.inputs[start + position] = position < tokens.count ? tokens[position] : 0
      batch.targets[start + position] = position + 1 < tokens.count ? tokens[position + 1] : 0
    }
    let end = start + tokens.count - 1
    return max(start, end - candidate.count)..<end
  }

  private static func scores(_ suite: ClozeSuite, _ losses: [[Double]]) -> [SuiteScore] {
    let metrics: [(SuiteScore.Metric, (ClozeSuite.Candidate) -> Double)] = [
      (.accuracyPerByte, { Double($0.bytes) }), (.accuracyPerToken, { Double($0.tokens.count) }),
    ]
    var names: [String] = []
    for question in suite.questions where names.last != question.source {
      names.append(question.source)
    }
    let rights = metrics.map { metric, length in
      (
        metric,
        zip(suite.questions, losses).map { question, losses in
          question.isRight(zip(losses, question.candidates).map { $0 / length($1) })
        }
      )
    }
    let bySource = names.sorted().flatMap { name in
      rights.map { metric, rights in
        score(
          name, metric, zip(suite.questions, rights).filter { $0.0.source == name }.map(\.1),
          keepingSamples: true)
      }
    }
    return bySource
      + rights.map { score(SuiteScore.all, $0, $1, keepingSamples: false) }
  }

  private static func score(
    _ source: String, _ metric: SuiteScore.Metric, _ rights: [Bool], keepingSamples: Bool
  ) -> SuiteScore {
    let right = rights.count { $0 }
    let interval = WilsonInterval(right, of: rights.count)
    return SuiteScore(
      source: source, metric: metric, value: Double(right) / Double(rights.count),
      low: interval.low, high: interval.high, count: rights.count, samples: rights.count,
      values: keepingSamples ? rights.map { $0 ? 1 : 0 } : nil)
  }
}

extension ClozeSuite.Question {
  /// Whether the right candidate has the lowest of these losses, and no other has the same.
  fileprivate func isRight(_ losses: [Double]) -> Bool {
    losses.enumerated().allSatisfy { $0.offset == answer || losses[answer] < $0.element }
  }
}

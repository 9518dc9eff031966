import Experiment
import Foundation
import Wire

/// What a run has gathered and where it stands, besides its tensors: all else that shapes what it
/// does next.
///
/// No random number is drawn after the initial weights: the order of the data follows from the
/// spec's seed and the position alone.
struct TrainingState: Equatable, Codable {
  /// Steps done.
  var step = 0
  /// Training windows seen, over all epochs.
  var windows = 0
  var watch: DivergenceWatch
  var record = TrainingRecord()
  var average = StepAverage()
  var balance: BalanceWatch
  /// What the run has reported of its steps: a resumed run says it again, for whoever lost it.
  var told: [TrainerEvent] = []

  /// Of a run before its first step.
  init(_ architecture: Architecture) {
    watch = DivergenceWatch(vocab: architecture.vocab)
    balance = BalanceWatch(layers: architecture.moeLayers, experts: architecture.experts)
  }

  /// From `json`; nil when that is no state.
  init?(json: String) {
    guard let state = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else {
      return nil
    }
    self = state
  }

  /// The same to the bit: numbers are written with as many digits as it takes.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("a run whose numbers are not finite has diverged")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

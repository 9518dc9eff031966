import Wire

/// One number of a series.
struct SeriesPoint: Equatable {
  /// Steps done.
  var step: Int
  /// Training tokens seen, where the trainer said.
  var tokens: Int?
  var value: Double
}

/// What a batch of trainer events measured, metric by metric, in the order in which they came.
struct PointBatch: Equatable {
  /// Points by metric; where a metric says no step, `step` is none and the last one known counts.
  private(set) var series: [String: [Unplaced]] = [:]

  struct Unplaced: Equatable {
    var step: Int?
    var tokens: Int?
    var value: Double
  }

  init(_ events: [TrainerEvent]) {
    var position: (step: Int, tokens: Int?)?
    for event in events {
      switch event {
      case .step(let event):
        position = (event.step, event.tokens)
        add("loss", event.loss, at: position)
        add("lr", event.lr, at: position)
        add("grad_norm", event.gradNorm, at: position)
        add("max_over_mean", event.balance?.maxOverMean, at: position)
      case .eval(let event):
        let place = (event.step, event.tokens)
        let isValidation = event.split == "validation"
        add("\(event.split)_loss", event.loss, at: place)
        add(
          isValidation ? "bits_per_byte" : "\(event.split)_bits_per_byte", event.bitsPerByte,
          at: place)
      case .metric(let event):
        add(event.name, event.value, at: event.step.map { ($0, nil) } ?? position)
      case .started, .checkpoint, .warning, .finished, .diverged:
        break
      }
    }
  }

  private mutating func add(_ metric: String, _ value: Double?, at place: (Int, Int?)?) {
    // JSON has no other numbers; one that is made in memory would be stored as NULL.
    guard let value, value.isFinite else { return }
    series[metric, default: []].append(
      Unplaced(step: place?.0, tokens: place?.1, value: value))
  }
}

import CKernels
import COneDNN
public import Corpus
public import Experiment
import Foundation
public import Wire

/// One run from its first to its last step: a spec and its data go in, events come out.
///
/// Equal specs and data on one instruction set give equal bits, whatever else the machine does.
public struct TrainingProcess: Sendable {
  let spec: RunSpec
  private let training: TokenWindows
  private let validation: TokenWindows
  private let bytesPerToken: Double?
  private let clock: TrainingClock

  /// - Parameters:
  ///   - training: windows of the spec's `seq_len`, visited in an order that the spec's seed gives.
  ///   - validation: windows of the same length, never trained on.
  ///   - bytesPerToken: of the validation text, for bits per byte; nil where it is not known.
  ///
  /// Throws `TrainingError` for a spec or data that cannot be trained on.
  public init(
    _ spec: RunSpec, training: TokenWindows, validation: TokenWindows, bytesPerToken: Double?,
    clock: TrainingClock = .system
  ) throws(TrainingError) {
    try spec.validate()
    for (name, windows) in [("train", training), ("validation", validation)] {
      guard windows.count > 0, windows.seqLen == spec.architecture.seqLen else {
        throw .splitTooShort(split: name, seqLen: spec.architecture.seqLen)
      }
    }
    guard ck_set_threads(1) == 1 else { throw .threadsNotSet }
    self.spec = spec
    self.training = training
    self.validation = validation
    self.bytesPerToken = bytesPerToken
    self.clock = clock
  }

  /// Trains. Events go to `emit` as they happen, `finished` or `diverged` last; an error that it
  /// throws ends the run.
  public func run(_ emit: (TrainerEvent) throws -> Void) rethrows {
    _ = try train(emit)
  }

  /// Trains, and returns the model as the last step left it.
  func train(_ emit: (TrainerEvent) throws -> Void) rethrows -> Transformer {
    // The count belongs to the thread that sets it, and this may not be the one of `init`.
    ck_set_threads(1)
    let architecture = spec.architecture
    let model = Transformer(architecture, router: spec.router, sequences: spec.batchSequences)
    model.layout.initialise(model.parameters, spec.initialisation, seed: spec.seed)
    let optimiser = AdamW(spec.optimiser, count: model.layout.count)
    let batch = TokenBatch(sequences: spec.batchSequences, seqLen: architecture.seqLen)
    let order = WindowOrder(count: training.count, seed: spec.seed)
    let evaluation = Evaluation(validation, spec: spec, bytesPerToken: bytesPerToken)
    let plan = TrainingPlan(spec)
    var watch = DivergenceWatch(vocab: architecture.vocab)
    var record = TrainingRecord()
    var average = StepAverage()

    try emit(started)
    for step in 1...spec.steps {
      let learningRate = spec.schedule.learningRate(
        step, of: spec.steps, peak: spec.optimiser.learningRate)
      let start = (wall: clock.wall(), cpu: clock.cpu())
      batch.load(training, vocab: architecture.vocab) {
        order[(step - 1) * spec.batchSequences + $0]
      }
      let loss = model.differentiate(batch).crossEntropy
      let norm = optimiser.update(model, learningRate: learningRate)
      model.updateSelectionBias()
      record.add(wall: clock.wall() - start.wall, cpu: clock.cpu() - start.cpu)

      if let reason = watch.observe(loss: loss, gradientNorm: norm) {
        try emit(.diverged(.init(step: step, reason: reason)))
        return model
      }
      average.add(
        loss: loss, gradientNorm: norm, maxOverMean: RouterLoads.maxOverMean(model.loads))
      if plan.isFinal(step) { record.add(finalLoss: loss, loads: model.loads) }
      let tokens = step * spec.batchTokens
      if plan.reports(after: step) {
        try emit(
          average.event(
            step: step, tokens: tokens, learningRate: learningRate, routes: !architecture.isDense))
        average = StepAverage()
      }
      if plan.evaluates(after: step) {
        record.validation = evaluation.measure(model)
        if let reason = watch.observe(validationLoss: record.validation) {
          try emit(.diverged(.init(step: step, reason: reason)))
          return model
        }
        try emit(evaluation.event(record.validation, step: step, tokens: tokens))
      }
    }
    for event in record.closing(spec, evaluation) { try emit(event) }
    return model
  }

  private var started: TrainerEvent {
    let version = dnnl_version()!.pointee
    return .started(
      .init(
        parameters: spec.architecture.parameters.total,
        activeParameters: spec.architecture.parameters.active,
        environment: [
          "isa": String(cString: ck_instruction_set()),
          "onednn": "\(version.major).\(version.minor).\(version.patch)",
        ]))
  }
}

import Corpus
import Experiment
import Wire

/// A run in memory, between two of its steps.
final class TrainingRun {
  let spec: RunSpec
  let model: Transformer
  private let evaluation: Evaluation
  private(set) var state: TrainingState
  private let optimiser: AdamW
  private let batch: TokenBatch
  private let training: TokenWindows
  private let order: WindowOrder
  private let plan: TrainingPlan
  private let clock: TrainingClock

  /// A run before its first step.
  init(
    _ spec: RunSpec, products: Products, training: TokenWindows, evaluation: Evaluation,
    clock: TrainingClock
  ) {
    self.spec = spec
    self.training = training
    self.evaluation = evaluation
    self.clock = clock
    model = Transformer(
      spec.architecture, router: spec.router, sequences: spec.batchSequences, products: products)
    model.layout.initialise(model.parameters, spec.initialisation, seed: spec.seed)
    optimiser = AdamW(spec.optimiser, count: model.layout.count)
    batch = TokenBatch(sequences: spec.batchSequences, seqLen: spec.architecture.seqLen)
    order = WindowOrder(count: training.count, seed: spec.seed)
    plan = TrainingPlan(spec)
    state = TrainingState(spec.architecture)
  }

  var isDone: Bool { state.step == spec.steps }

  /// Times that the run goes over its training text: D over the tokens that the windows predict.
  var epochs: Double { Double(spec.tokens) / Double(training.count * training.seqLen) }

  /// The last event of a run that is done.
  var closing: TrainerEvent { state.record.closing(spec, evaluation, epochs: epochs) }

  /// What a trained model is: its parameters, and the biases that choose its experts.
  var weights: [StateTensor] { model.weights }

  /// Every number that shapes the next step.
  var tensors: [StateTensor] {
    weights + StateTensor.all(of: optimiser.firstMoment, model.layout, prefix: "first_moment.")
      + StateTensor.all(of: optimiser.secondMoment, model.layout, prefix: "second_moment.")
  }

  /// Goes on from `state`, after the tensors have been set to those of the same step.
  func resume(at state: TrainingState) {
    self.state = state
    optimiser.step = state.step
  }

  /// Takes the next step and says what comes of it. Returns false when that was the run's end, by
  /// divergence.
  func advance(_ emit: (TrainerEvent) throws -> Void) rethrows -> Bool {
    let step = state.step + 1
    let learningRate = spec.schedule.learningRate(
      step, of: spec.steps, peak: spec.optimiser.learningRate)
    let start = (wall: clock.wall(), cpu: clock.cpu())
    batch.load(training, vocab: spec.architecture.vocab) { order[state.windows + $0] }
    let loss = model.differentiate(batch).crossEntropy
    let norm = optimiser.update(model, learningRate: learningRate)
    model.updateSelectionBias()
    state.record.add(wall: clock.wall() - start.wall, cpu: clock.cpu() - start.cpu)
    state.step = step
    state.windows += spec.batchSequences

    if let reason = state.watch.observe(loss: loss, gradientNorm: norm) {
      try emit(.diverged(.init(step: step, reason: reason)))
      return false
    }
    state.average.add(
      loss: loss, gradientNorm: norm, maxOverMean: RouterLoads.maxOverMean(model.loads))
    state.balance.add(model.loads)
    if plan.isFinal(step) { state.record.add(finalLoss: loss) }
    if plan.reports(after: step) {
      try tell(
        state.average.event(
          step: step, tokens: step * spec.batchTokens, learningRate: learningRate,
          routes: !spec.architecture.isDense), emit)
      state.average = StepAverage()
    }
    if plan.tellsBalance(after: step), !spec.architecture.isDense {
      let firstBlock = spec.architecture.denseLayers
      for event in state.balance.close(after: step, firstBlock: firstBlock) {
        try tell(event, emit)
      }
    }
    return plan.evaluates(after: step) ? try evaluate(emit) : true
  }

  private func evaluate(_ emit: (TrainerEvent) throws -> Void) rethrows -> Bool {
    let loss = evaluation.measure(model)
    state.record.validation = loss
    if let reason = state.watch.observe(validationLoss: loss) {
      try emit(.diverged(.init(step: state.step, reason: reason)))
      return false
    }
    let tokens = state.step * spec.batchTokens
    try tell(evaluation.event(loss, step: state.step, tokens: tokens), emit)
    return true
  }

  private func tell(
    _ event: TrainerEvent, _ emit: (TrainerEvent) throws -> Void
  ) rethrows {
    state.told.append(event)
    try emit(event)
  }
}

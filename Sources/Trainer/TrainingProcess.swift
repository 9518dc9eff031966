import CKernels
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
  private let products: Products.Kind

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
    try self.init(
      spec, products: try Products.Kind(spec.precision), training: training,
      validation: validation, bytesPerToken: bytesPerToken, clock: clock)
  }

  init(
    _ spec: RunSpec, products: Products.Kind, training: TokenWindows, validation: TokenWindows,
    bytesPerToken: Double?, clock: TrainingClock
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
    self.products = products
  }

  /// Trains from the first step to the last. Events go to `emit` as they happen, `finished` or
  /// `diverged` last; an error that it throws ends the run.
  public func run(_ emit: (TrainerEvent) throws -> Void) rethrows {
    _ = try train(emit)
  }

  /// How a run was left.
  enum Ending: Equatable {
    case finished
    case diverged
    /// It was asked to stop, and is saved.
    case saved
    /// It was asked to stop, and could not be saved.
    case lost(CheckpointError)
  }

  /// Trains, and returns the run as the last step left it.
  func train(_ emit: (TrainerEvent) throws -> Void) rethrows -> TrainingRun {
    let run = makeRun()
    var none: Checkpoints?
    _ = try go(run, saving: &none, asked: { .goOn }, emit)
    return run
  }

  /// Trains from the newest checkpoint there is, saving when `checkpoints` or `wish` says so, to the
  /// last step or to the end of the step in which `wish` became `leave`. A checkpoint that is due and cannot be
  /// written is told to the log only: the training itself is unharmed.
  func train(
    saving checkpoints: Checkpoints, asked wish: () -> Wish,
    _ emit: (TrainerEvent) throws -> Void
  ) rethrows -> Ending {
    var saving: Checkpoints? = checkpoints
    return try go(makeRun(), saving: &saving, asked: wish, emit)
  }

  /// The run before its first step.
  func makeRun() -> TrainingRun {
    // The count belongs to the thread that sets it, and this may not be the one of `init`.
    ck_set_threads(1)
    return TrainingRun(
      spec, products: Products(products), training: training,
      evaluation: Evaluation(validation, spec: spec, bytesPerToken: bytesPerToken), clock: clock)
  }

  private func go(
    _ run: TrainingRun, saving checkpoints: inout Checkpoints?, asked wish: () -> Wish,
    _ emit: (TrainerEvent) throws -> Void
  ) rethrows -> Ending {
    let origin = checkpoints?.resume(run)
    try emit(started(run, from: origin, saving: checkpoints))
    for event in run.state.told { try emit(event) }
    while try run.advance(emit) {
      if run.isDone { return try finish(run, leaving: checkpoints, emit) }
      let wish = wish()
      guard wish != .goOn || checkpoints?.isDue(run) == true else { continue }
      let stops = wish == .leave
      switch checkpoints?.save(run) {
      case .success(let path)?: try emit(.checkpoint(.init(step: run.state.step, path: path)))
      case .failure(let error)? where stops: return .lost(error)
      case .failure(let error)?: checkpoints?.log("\(error); the training goes on")
      case nil: break
      }
      if stops { return .saved }
    }
    return .diverged
  }

  private func finish(
    _ run: TrainingRun, leaving checkpoints: Checkpoints?,
    _ emit: (TrainerEvent) throws -> Void
  ) rethrows -> Ending {
    if case .failure(let error)? = checkpoints?.saveWeights(run) { checkpoints?.log("\(error)") }
    try emit(run.closing)
    return .finished
  }

  private func started(
    _ run: TrainingRun, from origin: Checkpoints.Origin?, saving checkpoints: Checkpoints?
  ) -> TrainerEvent {
    var environment = checkpoints?.environment ?? TrainingEnvironment.libraries
    if let origin {
      environment["resumed_from"] = origin.path
      for (name, value) in origin.differences { environment["resumed_\(name)"] = value }
    }
    return .started(
      .init(
        parameters: spec.architecture.parameters.total,
        activeParameters: spec.architecture.parameters.active, firstStep: run.state.step,
        epochs: run.epochs, checkpointsOnRequest: checkpoints != nil,
        environment: environment))
  }
}

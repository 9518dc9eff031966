import CKernels
public import Experiment
public import Foundation
import Wire

/// The weights of a run, from a checkpoint or as it left them, ready to be scored on one thread.
public final class TrainedModel {
  /// What was trained.
  public let spec: RunSpec
  /// Optimiser steps that the weights have seen.
  public let step: Int
  /// Of the file.
  public let sha256: String
  let transformer: Transformer
  let batch: TokenBatch

  /// Tokens of one forward pass: enough for products to be quick, few enough for their cache.
  private static let batchTokens = 2048

  /// Loads `file`, which a run of `spec` has written: final weights or a checkpoint. Throws
  /// `ScoringError.modelRefused`, or `TrainingError` for a spec that no model has.
  public convenience init(_ file: URL, of spec: RunSpec) throws {
    try spec.validate()
    let weights: (header: SafetensorsHeader, numbers: Data)
    do throws(CheckpointError) {
      weights = try Checkpoint.read(file, of: spec, layouts: [Checkpoint.layout, nil])
      self.init(
        spec, step: Checkpoint.step(in: weights.header.metadata) ?? spec.steps,
        sha256: try Self.sha256(of: file))
      // The optimiser's moments are the run's, not the model's.
      try Checkpoint.copy(
        weights.header.entries.filter { !$0.name.contains("_moment.") }, of: weights.numbers,
        into: transformer.weights)
    } catch {
      throw ScoringError.modelRefused(path: file.path, reason: "\(error)")
    }
  }

  /// A model before its first step.
  convenience init(untrained spec: RunSpec) {
    self.init(spec, step: 0, sha256: "")
    transformer.layout.initialise(
      transformer.parameters, spec.initialisation, seed: spec.seed)
  }

  private init(_ spec: RunSpec, step: Int, sha256: String) {
    self.spec = spec
    self.step = step
    self.sha256 = sha256
    let seqLen = spec.architecture.seqLen
    let sequences = max(1, Self.batchTokens / seqLen)
    transformer = Transformer(spec.architecture, router: spec.router, sequences: sequences)
    batch = TokenBatch(sequences: sequences, seqLen: seqLen)
  }

  /// What may move the last digits of a score: instruction set and libraries, by name.
  public static var environment: [String: String] { TrainingEnvironment.libraries }

  /// The loss of each token of `batch` [T], nats: the forward pass of the validation loss.
  func losses() -> [Double] {
    // The count belongs to the thread that sets it.
    ck_set_threads(1)
    _ = transformer.forward(batch)
    return transformer.outputLosses(batch)
  }

  private static func sha256(of file: URL) throws(CheckpointError) -> String {
    do {
      return SHA256.hex(of: try Data(contentsOf: file, options: .alwaysMapped))
    } catch {
      throw .unreadable(reason: error.localizedDescription)
    }
  }
}

import Foundation

/// Decides when a run has left the range of a model that learns: its loss or gradient is no longer a
/// number, or its loss has stood above twice that of guessing, 2·ln V, for `patience` steps in a row.
struct DivergenceWatch: Equatable, Codable {
  static let patience = 20
  /// Nats a token.
  let bound: Double
  private var above = 0

  init(vocab: Int) { bound = 2 * log(Double(vocab)) }

  /// The reason to stop after a step with this loss and gradient norm, or nil to go on.
  mutating func observe(loss: Double, gradientNorm: Double) -> String? {
    guard loss.isFinite else { return "the loss is not a number" }
    guard gradientNorm.isFinite else { return "the gradient is not a number" }
    above = loss > bound ? above + 1 : 0
    guard above >= Self.patience else { return nil }
    return String(
      format: "the loss stood above 2·ln(vocab) = %.2f for %d steps", bound, above)
  }

  /// The reason to stop after an evaluation with this loss, or nil to go on: the step before it may
  /// have broken the model without a later step to show it.
  func observe(validationLoss: Double) -> String? {
    validationLoss.isFinite ? nil : "the validation loss is not a number"
  }
}

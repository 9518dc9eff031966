import Foundation

/// Something under the data folder that a run or a preparation has left.
struct Artefact: Hashable, Codable {
  enum Kind: String, Codable, CaseIterable {
    /// What the trainer of an attempt said.
    case log
    /// What an attempt would have resumed from.
    case checkpoints
    /// A trained model.
    case weights
    /// A run folder that no run of the registry has made.
    case orphan
    /// A corpus whose preparation was interrupted.
    case corpus

    /// In a list of them.
    var plural: String {
      switch self {
      case .log: "logs"
      case .checkpoints: "checkpoints"
      case .weights: "weights"
      case .orphan: "orphans"
      case .corpus: "partial corpora"
      }
    }
  }

  var kind: Kind
  /// Relative to the data folder.
  var path: String
  var bytes: Int64
  /// The run that it is of.
  var run: Int64?
  /// Since when nobody needs it: when the run ended, or it was last written; milliseconds since 1970.
  var since: Int64
}

/// Why a checkpoint is not one to resume from, or could not be written.
enum CheckpointError: Error, Equatable {
  case unreadable(reason: String)
  /// The file has another size than its header asks for: its writer or a copy did not finish.
  case torn(expected: Int, found: Int)
  /// It is no Safetensors file of float32 tensors.
  case malformed(String)
  /// It was written by a program that lays checkpoints out in another way.
  case version(found: String?, expected: String)
  /// It belongs to a run with another spec, by SHA-256.
  case foreign(spec: String?, expected: String)
  /// Its bytes are not those that were written.
  case damaged
  /// A tensor is missing, unknown, or of another shape.
  case tensor(String, found: [Int]?, expected: [Int]?)
  case unwritable(path: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  /// What was found, and what would be right.
  var description: String {
    switch self {
    case .unreadable(let reason): "it cannot be read: \(reason)"
    case .torn(let expected, let found):
      "it is torn: \(found) bytes are there, its header asks for \(expected)"
    case .malformed(let reason): "it is no Safetensors file of this trainer: \(reason)"
    case .version(let found?, let expected):
      "it has layout \(found), and this program reads layout \(expected)"
    case .version(nil, _): "it is no checkpoint: it does not say its layout"
    case .foreign(let spec, let expected):
      "it is of another run: its spec has SHA-256 \(spec ?? "none"), this run's \(expected)"
    case .damaged: "it is damaged: its bytes do not have the SHA-256 that it was written with"
    case .tensor(let name, let found?, let expected?):
      "its tensor \(name) is \(found), and this model's \(expected)"
    case .tensor(let name, nil, _): "it has no tensor \(name)"
    case .tensor(let name, _, nil): "it has a tensor \(name), which this model has not"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    }
  }
}

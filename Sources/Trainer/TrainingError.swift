public import Experiment
import Wire

/// Why a run cannot be trained as its spec says.
public enum TrainingError: Error, Equatable {
  /// The environment does not name the spec or the data.
  case variableMissing(String)
  /// The spec's file cannot be read, or is not a run spec.
  case specUnreadable(path: String, reason: String)
  case architecture(ArchitectureError)
  /// A number of the spec lies outside its range.
  case outOfRange(field: String, value: Double, requirement: String)
  /// The corpus has tokens that the model has no embedding for.
  case vocabularyTooSmall(model: Int, corpus: Int)
  /// A split holds too few tokens for one sequence.
  case splitTooShort(split: String, seqLen: Int)
  /// The processor has no such products; the instruction set that oneDNN uses.
  case precisionUnsupported(RunSpec.Precision, instructions: String)
  /// oneDNN came without the OpenMP runtime, so its threads cannot be set.
  case threadsNotSet
}

extension TrainingError: CustomStringConvertible {
  /// What was wrong, and what would be right.
  public var description: String {
    switch self {
    case .variableMissing(let name):
      "the environment variable \(name) is not set; a worker sets it when it starts a trainer"
    case .specUnreadable(let path, let reason):
      "\(path) is not a run spec: \(reason)"
    case .architecture(let error):
      "the architecture cannot be built: \(error)"
    case .outOfRange(let field, let value, let requirement):
      "\(field) is \(value); it must be \(requirement)"
    case .vocabularyTooSmall(let model, let corpus):
      "the model's vocab is \(model), the corpus's \(corpus); set vocab to at least \(corpus)"
    case .splitTooShort(let split, let seqLen):
      "the \(split) split is shorter than one sequence of \(seqLen) + 1 tokens;"
        + " lower seq_len or take a larger corpus"
    case .precisionUnsupported(let precision, let instructions):
      "precision is \(precision.rawValue), and this processor has no such products: oneDNN uses"
        + " \(instructions) here; take a machine with avx512_bf16 or amx, or set precision to float32"
    case .threadsNotSet:
      "the OpenMP runtime of oneDNN was not found; install libgomp1"
    }
  }
}

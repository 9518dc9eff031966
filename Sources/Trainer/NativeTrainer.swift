import Corpus
import Experiment
import Foundation
import Wire

/// The native trainer as a program: the spec's path and the data's come from the environment, events
/// go to standard output, one JSON object a line.
public enum NativeTrainer {
  /// The path of the run spec, JSON.
  static let specVariable = "ORCHESTRATOR_RUN_SPEC"
  /// The folder of prepared corpora.
  static let dataVariable = "ORCHESTRATOR_DATA"

  /// Trains the run that `environment` names, and returns the exit status: 0 after `finished` or
  /// `diverged`, 64 for a spec that cannot be trained, 66 for a corpus that is missing or damaged,
  /// 74 when events cannot be written. What went wrong is said on standard error.
  public static func main(environment: [String: String]) -> Int32 {
    do {
      let process = try process(environment)
      try process.run(write)
      return 0
    } catch let error as TrainingError {
      complain("\(error)")
      return 64
    } catch let error as CorpusError {
      complain("\(error)")
      return 66
    } catch {
      complain("cannot write an event: \(error)")
      return 74
    }
  }

  private static func process(_ environment: [String: String]) throws -> TrainingProcess {
    let spec = try spec(at: try value(specVariable, environment))
    let data = URL(fileURLWithPath: try value(dataVariable, environment), isDirectory: true)
    // Before the corpus is looked for: a spec that is wrong stays wrong wherever it runs.
    try spec.validate()
    let corpus = try PreparedCorpus.locate(sha256: spec.corpus.sha256, in: data)
    let vocab = spec.architecture.vocab
    guard corpus.manifest.vocabulary <= vocab else {
      throw TrainingError.vocabularyTooSmall(model: vocab, corpus: corpus.manifest.vocabulary)
    }
    return try TrainingProcess(
      spec, training: try corpus.windows(.train, seqLen: spec.architecture.seqLen),
      validation: try corpus.windows(.validation, seqLen: spec.architecture.seqLen),
      bytesPerToken: corpus.manifest.bytesPerToken(.validation))
  }

  private static func value(
    _ name: String, _ environment: [String: String]
  ) throws(TrainingError) -> String {
    guard let value = environment[name], !value.isEmpty else { throw .variableMissing(name) }
    return value
  }

  private static func spec(at path: String) throws(TrainingError) -> RunSpec {
    do {
      return try JSONDecoder().decode(
        RunSpec.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .specUnreadable(path: path, reason: "\(error)")
    }
  }

  /// One line, written at once: the reader sees an event as soon as it happens.
  private static func write(_ event: TrainerEvent) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try FileHandle.standardOutput.write(contentsOf: try encoder.encode(event) + Data("\n".utf8))
  }

  private static func complain(_ message: String) {
    FileHandle.standardError.write(Data("train: \(message)\n".utf8))
  }
}

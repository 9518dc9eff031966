import Corpus
import Experiment
public import Foundation
import Wire

/// The native trainer as a program: the spec's path and the data's come from the environment, events
/// go to standard output, one JSON object a line, and checkpoints into the working directory.
public enum NativeTrainer {
  /// The path of the run spec, JSON.
  static let specVariable = "ORCHESTRATOR_RUN_SPEC"
  /// The folder of prepared corpora.
  static let dataVariable = "ORCHESTRATOR_DATA"

  /// The folders of earlier attempts at the run, newest first, relative to the working directory and
  /// separated by colons.
  static let earlierVariable = "ORCHESTRATOR_EARLIER_ATTEMPTS"

  /// The exit status of a run that was saved on SIGTERM.
  public static let savedStatus: Int32 = 75

  /// Trains the run that `environment` names, in `directory`, from the newest checkpoint that it or an
  /// earlier attempt has, and returns the exit status: 0 after `finished` or `diverged`, 64 for a
  /// spec that cannot be trained, 66 for a corpus that is missing or damaged, 74 when events cannot
  /// be written, or the checkpoint that SIGTERM asks for, 75 when that was written. What went wrong
  /// is said on standard error.
  ///
  /// - Parameter version: of the program, recorded with the run.
  public static func main(
    environment: [String: String], directory: URL, policy: CheckpointPolicy, version: String
  ) -> Int32 {
    do {
      SignalledWishes.watch()
      let process = try process(environment)
      let checkpoints = Checkpoints(
        CheckpointFolder(directory: directory, earlier: earlierAttempts(environment)),
        policy: policy, spec: process.spec,
        environment: TrainingEnvironment.libraries.merging(["version": version]) { $1 },
        clock: .system, log: complain)
      let ending = try process.train(
        saving: checkpoints, asked: { SignalledWishes.next }, write)
      switch ending {
      case .finished, .diverged: return 0
      case .saved: return savedStatus
      case .lost(let error):
        complain("\(error)")
        return 74
      }
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

  private static func earlierAttempts(_ environment: [String: String]) -> [String] {
    (environment[earlierVariable] ?? "").split(separator: ":").map(String.init)
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

  /// One line, written at once: the reader sees an event as soon as it happens. A warning goes to the
  /// log as well.
  private static func write(_ event: TrainerEvent) throws {
    if case .warning(let warning) = event { complain("warning: \(warning.message)") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try FileHandle.standardOutput.write(contentsOf: try encoder.encode(event) + Data("\n".utf8))
  }

  private static func complain(_ message: String) {
    FileHandle.standardError.write(Data("train: \(message)\n".utf8))
  }
}

public import ArgumentParser
import Client
import Corpus
import Foundation
import Glibc
import Trainer
public import Wire

/// `worker evaluate`: scores a trained model on held-out text.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract:
      "Scores a model on the validation split, by source and by a cloze set, and records it.",
    discussion: """
      Names a model by the folder of its run or attempt, by a .safetensors file there, or by --run. It \
      is scored on one thread by the native trainer's forward pass; docs/evaluation.md says how.

      The environment variable ORCHESTRATOR_TOKEN holds the bearer token, if the daemon wants one.

      Exit codes:
        0   scored, and recorded unless --no-record
        1   the model is refused, or the daemon refused the numbers
        64  the command line is wrong
        66  the model or the corpus is missing or damaged
        69  the daemon cannot be reached
      """)

  @Argument(
    help: "A run's folder, RUNS/17 or RUNS/17/1, or a file of weights in it.",
    completion: .file(extensions: ["safetensors"]))
  var model: String?

  @Option(help: "The newest attempt at this run under the folder for run directories.")
  var run: Int64?

  @Option(name: .customLong("suite"), help: "Only this suite: sources or cloze; repeatable.")
  var suites: [Suite] = []

  @Option(help: "Another corpus with the same tokenizer, by name; that of the run by default.")
  var corpus: String?

  @Option(
    help: "The data folder, with the prepared corpora; $ORCHESTRATOR_DATA, else ./data.",
    completion: .directory)
  var data: String?

  @Option(help: "The folder of run directories; runs in the data folder.", completion: .directory)
  var runs: String?

  @Option(help: "sources: score at most so many windows, evenly spaced; all by default.")
  var windows: Int?

  @Option(help: "cloze: the most items of one source.")
  var items = 200

  @Option(help: "cloze: the longest context, bytes.")
  var context = 240

  @Option(help: "cloze: chooses the passages and the wrong words.")
  var seed: UInt64 = 0

  @Option(
    name: .customLong("daemon"),
    help: """
      The daemon that records the numbers: http://HOST:PORT, https://HOST:PORT or unix:/PATH; \
      $ORCHESTRATOR_URL, else http://127.0.0.1:7717.
      """)
  var address: String?

  @OptionGroup var connection: ConnectionOptions

  @Flag(inversion: .prefixedNo, help: "Record the numbers at the daemon.")
  var record = true

  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (model == nil) != (run == nil) else {
      throw ValidationError("name one model: a folder, a file, or --run NUMBER")
    }
    for (name, value) in [("windows", windows ?? 1), ("items", items), ("context", context)] {
      guard value > 0 else { throw ValidationError("--\(name) \(value): write a positive number") }
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    do {
      let client = record ? try client(environment) : nil
      let evaluations = try scoring(environment).run(progress: Self.tell)
      try print(evaluations)
      guard let client else { return }
      for evaluation in evaluations {
        let reply = try await client.record(evaluation)
        Self.note(
          "\(evaluation.suite.rawValue): evaluation \(reply.id) of run \(reply.run)"
            + (reply.inserted ? "" : ", recorded before"))
      }
    } catch {
      Self.note("error: \(error)")
      throw ExitCode(Self.code(of: error))
    }
  }

  private func scoring(_ environment: [String: String]) throws -> Scoring {
    let data = URL(filePath: data ?? environment["ORCHESTRATOR_DATA"] ?? "data").standardizedFileURL
    let runs = runs.map { URL(filePath: $0).standardizedFileURL } ?? data.appending(path: "runs")
    let path = model.map { URL(filePath: $0).standardizedFileURL }
    return Scoring(
      place: try ModelPlace(path ?? runs.appending(path: "\(run ?? 0)")), data: data,
      corpus: corpus, suites: suites.isEmpty ? Suite.allCases : suites, windows: windows,
      cloze: .init(seed: seed, itemsPerSource: items, contextBytes: context))
  }

  private func client(_ environment: [String: String]) throws -> DaemonClient {
    let text = address ?? environment["ORCHESTRATOR_URL"] ?? "http://127.0.0.1:7717"
    return DaemonClient(
      try connection.configuration(try DaemonAddress(text), environment: environment))
  }

  private func print(_ evaluations: [EvaluationSubmission]) throws {
    guard json else {
      let text = evaluations.map(\.table).joined(separator: "\n\n")
      return Swift.print(text)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let summaries = evaluations.map { evaluation in
      var summary = evaluation
      summary.scores = evaluation.scores.map(\.summary)
      return summary
    }
    Swift.print(String(decoding: try encoder.encode(summaries), as: UTF8.self))
  }

  /// Shows a person how far it is.
  private static func tell(_ suite: Suite, _ share: Double) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    let text = "\r\(suite.rawValue) \(Int(100 * share)) %" + (share >= 1 ? "\n" : "")
    FileHandle.standardError.write(Data(text.utf8))
  }

  private static func note(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }

  private static func code(of error: any Error) -> Int32 {
    switch error {
    case is ModelPlaceError, is CorpusError: 66
    case ClientError.unreachable: 69
    default: 1
    }
  }
}

extension Suite: ExpressibleByArgument {}

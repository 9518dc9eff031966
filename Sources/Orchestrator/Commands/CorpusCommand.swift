import ArgumentParser
import Corpus
import Foundation

struct CorpusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus", abstract: "Prepare the text that models are trained on.",
    subcommands: [Prepare.self, Import.self, List.self])

  /// Prepares a corpus with a line of progress, and says what came of it.
  private static func prepare(_ preparation: CorpusPreparation) throws {
    let started = ContinuousClock.now
    let corpus = try preparation.run { Screen.process.progress($0.line) }
    Screen.process.clearProgress()
    let took = started.duration(to: .now).inSeconds
    Screen.process.result(
      corpus.summary + (took < 1 ? ", already prepared" : ", in \(Quantity.duration(took))"))
  }

  struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download, clean, split and tokenise a corpus; does nothing when it is there.",
      discussion: Recipe.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: "The corpus: \(Recipe.all.map(\.name).joined(separator: ", ")).")
    var name: String
    @OptionGroup var files: DataOptions

    func run() async throws {
      try await reportingFailures {
        try prepare(CorpusPreparation(name: name, dataFolder: files.folder()))
      }
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prepare a corpus from your own text or token files.",
      discussion: """
        Text is .txt, or .jsonl with a `text` key. With --validation the files hold tokens: llm.c, \
        Megatron (name the .idx) or raw 16-bit ones with a .json beside them.
        """)

    @Argument(help: "What to call it.") var name: String
    @Argument(help: "The files; with --validation, the training ones.", completion: .file())
    var inputs: [String]
    @Option(
      parsing: .upToNextOption, help: "Token files of the validation split.", completion: .file())
    var validation: [String] = []
    @Option(help: "The text's licence, for the manifest.") var licence = "unstated"
    @Option(help: "Pieces of the tokenizer to train, 1024; for token files, their vocabulary.")
    var vocabulary: Int?
    @OptionGroup var files: DataOptions

    func run() async throws {
      try await reportingFailures {
        let inputs = inputs.map { URL(filePath: $0) }
        guard validation.isEmpty else {
          let tokens = try TokenImport(
            name: name, train: inputs, validation: validation.map { URL(filePath: $0) },
            vocabulary: vocabulary, licence: licence, dataFolder: files.folder())
          return Screen.process.result(try tokens.run().summary)
        }
        var settings = CorpusPreparation.Settings()
        settings.vocabulary = vocabulary ?? settings.vocabulary
        try prepare(
          CorpusPreparation(
            name: name, importing: inputs, licence: licence, dataFolder: files.folder(),
            settings: settings))
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the prepared corpora.")

    @OptionGroup var files: DataOptions

    func run() async throws {
      try await reportingFailures {
        let corpora = try PreparedCorpus.all(in: files.folder())
        Screen.process.result(
          corpora.isEmpty
            ? "none yet: orchestrator corpus prepare debian-mix"
            : corpora.map(\.summary).joined(separator: "\n"))
      }
    }
  }
}

extension CorpusProgress {
  /// Phase, bar and what was just done.
  fileprivate var line: String {
    let amount = bytes > 0 ? " \(Quantity.count(Double(bytes)))B" : ""
    return "\(phase.rawValue) \(Screen.bar(fraction)) \(Int(fraction * 100))%\(amount) \(detail)"
  }
}

extension PreparedCorpus {
  /// Name, size and content in one line.
  fileprivate var summary: String {
    let train = manifest.splits.train.amount
    let validation = manifest.splits.validation.amount
    let bytes =
      manifest.bytesPerToken(.validation)
      .map { ", \(Quantity.decimal($0, places: 2)) bytes a token" } ?? ""
    return "\(manifest.name): \(Quantity.count(Double(train.tokens))) training and "
      + "\(Quantity.count(Double(validation.tokens))) validation tokens, vocabulary "
      + "\(manifest.vocabulary)\(bytes), sha256 \(sha256.prefix(12))"
  }
}

/// Which program a spec's `trainer` names on this machine. Commands come from whoever starts the
/// worker, never from a grid.
struct TrainerCatalogue: Hashable, Sendable {
  /// The trainer that is part of this program.
  static let native = "native"

  private var commands: [String: [String]]

  /// The native trainer, by its command, and those of `options`, each `NAME=COMMAND` with the command's
  /// words separated by spaces.
  init(native: [String], options: [String] = []) throws(CatalogueError) {
    commands = [Self.native: native]
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1)
      let words = parts.last?.split(separator: " ").map(String.init) ?? []
      guard parts.count == 2, !words.isEmpty else { throw .malformed(option) }
      let name = String(parts[0])
      guard commands.updateValue(words, forKey: name) == nil else { throw .repeated(name) }
    }
  }

  /// What it can start, sorted.
  var names: [String] { commands.keys.sorted() }

  /// The command of a trainer; throws when this worker has none of that name.
  func command(for name: String) throws(CatalogueError) -> [String] {
    guard let command = commands[name] else {
      throw .unknown(name, known: commands.keys.sorted())
    }
    return command
  }
}

/// What is wrong with a trainer's name or definition.
enum CatalogueError: Error, Hashable {
  case malformed(String)
  case repeated(String)
  case unknown(String, known: [String])
}

extension CatalogueError: CustomStringConvertible {
  var description: String {
    switch self {
    case .malformed(let text):
      "`\(text)` defines no trainer\nhint: write NAME=COMMAND, as pytorch=/opt/trainers/run.sh"
    case .repeated(let name):
      "the trainer `\(name)` is defined twice\nhint: give each trainer its own name"
    case .unknown(let name, let known):
      """
      this worker has no trainer `\(name)`, only: \(known.joined(separator: ", "))
      hint: start the worker with --trainer \(name)=COMMAND
      """
    }
  }
}

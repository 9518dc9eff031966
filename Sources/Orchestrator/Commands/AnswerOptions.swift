import ArgumentParser
import Client
import Foundation
import Registry
import Wire

/// Where a command that reads gets its answers: the daemon, or straight from a registry's file.
struct AnswerPlace: ParsableArguments {
  @OptionGroup var daemon: DaemonOptions

  @Option(
    help: ArgumentHelp(
      "Read this registry instead of asking the daemon.", valueName: "file"))
  var registry: String?

  /// The source that was chosen.
  func source() throws -> any AnswerSource {
    if let registry { return RegistryAnswers(registry: try Registry.openReadOnly(registry)) }
    return DaemonAnswers(client: try daemon.client())
  }
}

/// Where a command that reads gets its answers, and how it prints them.
struct AnswerOptions: ParsableArguments {
  @OptionGroup var place: AnswerPlace
  @Flag(help: "Print JSON.") var json = false

  /// The source that was chosen.
  func source() throws -> any AnswerSource { try place.source() }

  /// Prints `value` as JSON if that was asked for, else `table`.
  func print(_ value: some Encodable, or table: @autoclosure () throws -> String) throws {
    guard json else { return Screen.process.result(try table()) }
    Screen.process.result(try PrettyJSON.text(value))
  }
}

public import ArgumentParser
import Client
import Foundation
public import Logging

/// How to reach the daemon.
struct DaemonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's address; $ORCHESTRATOR_URL, else \(Self.standardURL).", valueName: "url"))
  var url: String?

  @OptionGroup var connection: ConnectionOptions

  static let standardURL = "http://127.0.0.1:7717"

  /// A client of the daemon.
  func client() throws -> DaemonClient {
    let address = url ?? ProcessInfo.processInfo.environment["ORCHESTRATOR_URL"] ?? Self.standardURL
    return DaemonClient(try connection.configuration(try DaemonAddress(address)))
  }
}

/// Where things are kept.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data folder: corpora, runs, registry; $ORCHESTRATOR_DATA, else ./data.",
      valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp("The registry; registry.db in the data folder.", valueName: "file"))
  var registry: String?

  /// The data folder, made if it is not there.
  func folder() throws -> URL {
    let path = data ?? ProcessInfo.processInfo.environment["ORCHESTRATOR_DATA"] ?? "data"
    let folder = URL(filePath: path).absoluteURL
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// The registry's path.
  func registryPath() throws -> String {
    try registry ?? folder().appending(path: "registry.db").path
  }
}

/// How much the daemon says about itself.
struct LogOptions: ParsableArguments {
  @Option(help: "Least level to log: debug, info, notice, warning or error.")
  var logLevel: Logger.Level = .notice

  /// A logger to standard error.
  func logger(_ label: String) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel
    return logger
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// A file that a command is given.
enum GivenFile {
  /// Its bytes.
  static func data(at path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw CommandFailure(code: .missingFile, message: "cannot read \(path): it is missing")
    }
  }

  /// Its text.
  static func text(at path: String) throws -> String {
    do {
      return try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw CommandFailure(
        code: .missingFile, message: "cannot read \(path): it is missing or no UTF-8 text")
    }
  }
}

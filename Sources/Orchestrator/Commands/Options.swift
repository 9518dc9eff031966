public import ArgumentParser
import Client
import Foundation
public import Logging
public import Logs

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

  /// The data folder, whether it is there or not.
  var place: URL {
    let path = data ?? ProcessInfo.processInfo.environment["ORCHESTRATOR_DATA"] ?? "data"
    return URL(filePath: path).absoluteURL
  }

  /// The data folder, made if it is not there.
  func folder() throws -> URL {
    let folder = place
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// The registry's path, where there is one; no folder is made for it.
  func existingRegistry() throws -> String {
    let path = registry ?? place.appending(path: "registry.db").path
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(code: .missingFile, message: "there is no registry \(path)")
    }
    return path
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
  @Option(help: "How to write the log: text, or json, an object a line.")
  var logFormat: LogFormat = .text

  /// A logger to standard error.
  func logger(_ label: String) -> Logger { logFormat.logger(label, level: logLevel) }
}

extension LogFormat: ExpressibleByArgument {}

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

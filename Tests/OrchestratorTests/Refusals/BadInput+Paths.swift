import ArgumentParser
import Client
import Corpus
import Foundation
import Wire

@testable import Orchestrator

extension BadInput {
  /// A grid with one of its names changed.
  private static func grid(_ key: String, _ value: String) -> Way {
    .call { place in
      let lines = Laboratory.grid.split(separator: "\n").map { line in
        line.hasPrefix("\(key):") ? "\(key): \(value)" : String(line)
      }
      _ = try await place.unguarded.desk.submit(
        Submission(text: lines.joined(separator: "\n"), file: "grid.yaml", dryRun: false))
    }
  }

  private static func corpus(_ name: String) -> Way {
    .call { place in _ = try PreparedCorpus.named(name, in: place.folder) }
  }

  private static func importing(_ name: String) -> Way {
    .call { place in
      _ = try CorpusPreparation(
        name: name, importing: [place.folder.appending(path: "words.txt")], licence: "none",
        dataFolder: place.folder)
    }
  }

  static let paths: [BadInput] = [
    BadInput("a grid's corpus above its folder", grid("corpus", "../../etc")),
    BadInput("a grid's corpus from the root", grid("corpus", "/etc")),
    BadInput("a grid's corpus with a NUL", grid("corpus", #""words\0""#)),
    BadInput("a grid's corpus of dots that are not dots", grid("corpus", #""\u2025/words""#)),
    BadInput("a grid's corpus of letters that look alike", grid("corpus", "wоrds")),
    BadInput("a grid's corpus that is hidden", grid("corpus", ".words.work")),
    BadInput("a grid's study that is a path", grid("study", "a/b")),
    BadInput("a corpus above its folder", corpus("../corpora/words")),
    BadInput("a corpus from the root", corpus("/etc")),
    BadInput("a corpus without a name", corpus("")),
    BadInput("a corpus with a NUL", corpus("words\0")),
    BadInput("an import above its folder", importing("../words")),
    BadInput("an import with a line break", importing("wo\nrds")),
    BadInput("an import of a very long name", importing(String(repeating: "w", count: 101))),
    BadInput(
      "a manifest that names a file elsewhere",
      .call { place in
        let folder = place.folder.appending(path: "corpora/forged")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let words = place.folder.appending(path: "corpora/words/manifest.json")
        let manifest = try String(contentsOf: words, encoding: .utf8)
        let file = try PreparedCorpus.named("words", in: place.folder).manifest.splits.train.shards[
          0]
        try Data(manifest.replacing(file.file, with: "../../../etc/passwd").utf8)
          .write(to: folder.appending(path: "manifest.json"))
        _ = try PreparedCorpus.named("forged", in: place.folder)
      }),
  ]

  /// A file of `text` and `mode`, as a client's token.
  private static func tokenFile(_ text: String, mode: mode_t) -> Way {
    .call { place in
      let file = place.folder.appending(path: "client.token")
      try Data(text.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      chmod(file.path, mode)
      try connect("https://daemon.example", ["--token-file", file.path])
    }
  }

  private static func connect(
    _ address: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    _ = try ConnectionOptions.parse(arguments)
      .configuration(try DaemonAddress(address), environment: environment)
  }

  private static func listen(_ arguments: String...) -> Way {
    .call { _ in _ = try ListenOptions.parse(arguments) }
  }

  static let files: [BadInput] = [
    BadInput("a token file that others may read", tokenFile("x", mode: 0o640)),
    BadInput("a token file without a token", tokenFile("hunter2\n", mode: 0o600)),
    BadInput("an empty token file", tokenFile("", mode: 0o600)),
    BadInput(
      "a token file of a megabyte", tokenFile(.init(repeating: "x", count: 1 << 20), mode: 0o600)),
    BadInput(
      "a token file that is not there",
      .call { _ in
        try connect("https://daemon.example", ["--token-file", "/nowhere/token"])
      }),
    BadInput(
      "a token over plain HTTP",
      .call { place in
        try connect(
          "http://daemon.example", [], environment: ["ORCHESTRATOR_TOKEN": place.byRole[.read]!])
      }),
    BadInput(
      "a token to a host that only begins like loopback",
      .call { place in
        try connect(
          "http://localhost.evil.example", [],
          environment: ["ORCHESTRATOR_TOKEN": place.byRole[.read]!])
      }),
    BadInput(
      "a certificate without its key",
      .call { _ in
        try connect("https://daemon.example", ["--cert", "node.pem"])
      }),
    BadInput("serving beyond loopback without TLS", listen("--host", "0.0.0.0")),
    BadInput("serving a certificate without its key", listen("--tls-certificate", "daemon.pem")),
    BadInput("asking for certificates over plain HTTP", listen("--tls-client-ca", "ca.pem")),
    BadInput("serving at a port that there is not", listen("--port", "70000")),
  ]
}

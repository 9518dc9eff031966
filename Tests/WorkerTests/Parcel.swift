import Foundation
import Loopback
import Synchronization
import Wire

/// A small corpus as a daemon has it: its manifest and files, served whole or in part.
struct Parcel: Sendable {
  var manifest: Data
  var sha256: String { SHA256.hex(of: manifest) }
  var files: [String: Data]

  /// A corpus of two shards; `name` is that of the first.
  init(corpus: String = "tiny", file name: String = "train_000.bin") {
    let files = [
      name: Self.tokenFile(count: 50_000), "validation_000.bin": Self.tokenFile(count: 500),
    ]
    func split(_ file: String) -> String {
      """
      {"amount": {"documents": 1, "tokens": 10}, "shards": [{"file": "\(file)",
      "sha256": "\(SHA256.hex(of: files[file]!))", "bytes": \(files[file]!.count)}]}
      """
    }
    self.files = files
    manifest = Data(
      """
      {"format_version": 1, "name": "\(corpus)", "seed": 0, "vocabulary": 64, "sources": [],
      "splits": {"train": \(split(name)), "validation": \(split("validation_000.bin"))}}
      """.utf8)
  }

  /// What a daemon with this corpus answers.
  func reply(_ path: String, _ offset: Int) -> LoopbackServer.Reply? {
    if path == "/v1/corpora/\(sha256)" { return .json(status: 200, manifest) }
    let prefix = "/v1/corpora/\(sha256)/files/"
    guard path.hasPrefix(prefix), let file = files[String(path.dropFirst(prefix.count))] else {
      return nil
    }
    return .json(status: offset > 0 ? 206 : 200, file.dropFirst(offset))
  }

  /// llm.c's format, 16 bits a token.
  private static func tokenFile(count: Int) -> Data {
    var header = [Int32](repeating: 0, count: 256)
    (header[0], header[1], header[2]) = (20_240_520, 1, Int32(count))
    let tokens = (0..<count).map { UInt16($0 % 61) }
    return header.map(\.littleEndian).withUnsafeBytes { Data($0) }
      + tokens.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}

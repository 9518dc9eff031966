import Corpus
import Experiment
import Foundation

/// A prepared corpus in a temporary data folder: words of a small language, the same ones every time.
final class CorpusFolder {
  let data: URL
  let corpus: PreparedCorpus

  init(vocabulary: Int = 32) throws {
    data = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let folder = data.appendingPathComponent("corpora/tiny", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var shards: [String: String] = [:]
    for (split, count) in [("train", 4000), ("validation", 400)] {
      let file = "\(split)_000.bin"
      let bytes = CorpusFolder.tokenFile(TinyLanguage.tokens(count, vocabulary: vocabulary))
      try bytes.write(to: folder.appendingPathComponent(file))
      shards[split] = """
        {"amount": {"documents": 1, "bytes": \(2 * count), "tokens": \(count)},
         "shards": [{"file": "\(file)", "sha256": "", "bytes": \(bytes.count)}]}
        """
    }
    let manifest = """
      {"format_version": 1, "name": "tiny", "seed": 0, "vocabulary": \(vocabulary), "sources": [],
       "splits": {"train": \(shards["train"]!), "validation": \(shards["validation"]!)}}
      """
    try Data(manifest.utf8).write(to: folder.appendingPathComponent("manifest.json"))
    corpus = try PreparedCorpus(folder: folder)
  }

  deinit { try? FileManager.default.removeItem(at: data) }

  /// Writes `spec` beside the corpora and returns the environment of a trainer that is to run it.
  func environment(for spec: RunSpec) throws -> [String: String] {
    try environment(json: spec.canonical)
  }

  func environment(json: String) throws -> [String: String] {
    let url = data.appendingPathComponent("spec.json")
    try Data(json.utf8).write(to: url)
    return ["ORCHESTRATOR_RUN_SPEC": url.path, "ORCHESTRATOR_DATA": data.path]
  }

  /// Every path below the data folder.
  var contents: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: data.path).sorted() }
  }

  /// llm.c's format, 16 bits a token.
  private static func tokenFile(_ tokens: [UInt16]) -> Data {
    var header = [Int32](repeating: 0, count: 256)
    header[0] = 20_240_520
    header[1] = 1
    header[2] = Int32(tokens.count)
    return header.map(\.littleEndian).withUnsafeBytes { Data($0) }
      + tokens.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}

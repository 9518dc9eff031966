public import Foundation
import Wire

/// A corpus on disk that is ready to train on: `DATA/corpora/NAME/` with its manifest.
public struct PreparedCorpus: Sendable {
  public let folder: URL
  public let manifest: CorpusManifest
  /// SHA-256 of the manifest file's bytes; names this corpus in run specs.
  public let sha256: String

  static let manifestName = "manifest.json"

  /// `DATA/corpora/`, given DATA.
  static func corpora(in dataFolder: URL) -> URL {
    dataFolder.appendingPathComponent("corpora", isDirectory: true)
  }

  /// Opens the corpus in `folder`, all of whose files must be there in the sizes recorded. Throws
  /// ``CorpusError/unreadable(_:reason:)``, ``CorpusError/manifestMalformed(_:reason:)`` or
  /// ``CorpusError/shardDiffers(_:expected:found:)``.
  public init(folder: URL) throws {
    try self.init(manifestIn: folder)
    try checkSizes()
  }

  /// Reads the manifest alone.
  private init(manifestIn folder: URL) throws {
    let url = folder.appendingPathComponent(Self.manifestName)
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CorpusError.unreadable(url, reason: error.localizedDescription)
    }
    self.folder = folder
    manifest = try CorpusManifest.decode(data, at: url)
    sha256 = SHA256.hex(of: data)
  }

  /// The corpus `name` under `dataFolder`. Throws ``CorpusError/nameInvalid(_:)`` for what names no
  /// folder there, ``CorpusError/notPrepared(name:folder:known:)`` if there is none.
  public static func named(_ name: String, in dataFolder: URL) throws -> PreparedCorpus {
    let name = try CorpusPlace.checked(name)
    let folder = corpora(in: dataFolder).appendingPathComponent(name, isDirectory: true)
    let manifest = folder.appendingPathComponent(manifestName)
    guard FileManager.default.fileExists(atPath: manifest.path) else {
      throw CorpusError.notPrepared(
        name: name, folder: corpora(in: dataFolder),
        known: try all(in: dataFolder).map(\.manifest.name))
    }
    return try PreparedCorpus(folder: folder)
  }

  /// The corpus under `dataFolder` whose manifest has this SHA-256. A manifest that was changed
  /// after preparation no longer has it. Throws ``CorpusError/noCorpus(sha256:folder:known:)``, or
  /// what ``init(folder:)`` throws if a file of that corpus is missing or of another size.
  public static func locate(sha256: String, in dataFolder: URL) throws -> PreparedCorpus {
    let corpora = try manifests(in: dataFolder)
    guard let match = corpora.first(where: { $0.sha256 == sha256 }) else {
      throw CorpusError.noCorpus(
        sha256: sha256, folder: Self.corpora(in: dataFolder),
        known: corpora.map { ($0.manifest.name, $0.sha256) })
    }
    try match.checkSizes()
    return match
  }

  /// Every prepared corpus under `dataFolder`, by name. Folders without a readable manifest, or
  /// without all files that it records, are not corpora and are passed over.
  public static func all(in dataFolder: URL) throws -> [PreparedCorpus] {
    try manifests(in: dataFolder).filter { (try? $0.checkSizes()) != nil }
  }

  private static func manifests(in dataFolder: URL) throws -> [PreparedCorpus] {
    let folder = corpora(in: dataFolder)
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().compactMap {
      try? PreparedCorpus(manifestIn: folder.appendingPathComponent($0, isDirectory: true))
    }
  }

  /// The tokens of `split`, memory-mapped. Throws what ``TokenFile`` throws, and
  /// ``CorpusError/shardDiffers(_:expected:found:)`` if a shard has another size than recorded.
  public func tokens(_ split: Split) throws -> TokenStream {
    TokenStream(
      joining: try manifest[split].shards.map { shard in
        let file = try TokenFile(folder.appendingPathComponent(shard.file))
        guard file.bytes == shard.bytes else {
          throw CorpusError.shardDiffers(
            file.url, expected: "\(shard.bytes) bytes", found: "\(file.bytes) bytes")
        }
        return file.stream
      })
  }

  /// The tokens of `split` in windows of `seqLen` + 1. Throws what ``tokens(_:)`` throws.
  public func windows(_ split: Split, seqLen: Int) throws -> TokenWindows {
    TokenWindows(try tokens(split), seqLen: seqLen)
  }

  /// Reads every file and compares it with the manifest. Throws
  /// ``CorpusError/shardDiffers(_:expected:found:)``.
  public func verify() throws {
    for record in manifest.files {
      let file = try MappedFile(folder.appendingPathComponent(record.file))
      let found = file.sha256
      guard found == record.sha256 else {
        throw CorpusError.shardDiffers(file.url, expected: record.sha256, found: found)
      }
    }
  }

  /// The file of this name that the manifest records, and where it is; nil for any other name, so that
  /// no name leads out of the folder.
  public func file(named name: String) -> (record: CorpusManifest.FileRecord, url: URL)? {
    manifest.files.first { $0.file == name }
      .map { ($0, folder.appendingPathComponent($0.file)) }
  }

  /// Where the manifest is.
  public var manifestFile: URL { folder.appendingPathComponent(Self.manifestName) }

  /// Compares each file's size with the manifest, which costs no reading.
  private func checkSizes() throws {
    for record in manifest.files {
      let file = try MappedFile(folder.appendingPathComponent(record.file))
      guard file.size == record.bytes else {
        throw CorpusError.shardDiffers(
          file.url, expected: "\(record.bytes) bytes", found: "\(file.size) bytes")
      }
    }
  }
}

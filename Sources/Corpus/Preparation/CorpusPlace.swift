import Experiment
import Foundation
import Wire

/// Where a corpus of a name lives, and is made.
struct CorpusPlace: Sendable {
  let name: String
  /// The finished corpus.
  let folder: URL
  /// Results of phases.
  let work: URL
  private let lock: URL

  init(name: String, dataFolder: URL) throws {
    let corpora = PreparedCorpus.corpora(in: dataFolder)
    try FileManager.default.createDirectory(at: corpora, withIntermediateDirectories: true)
    self.name = name
    folder = corpora.appendingPathComponent(name, isDirectory: true)
    work = corpora.appendingPathComponent(".\(name).work", isDirectory: true)
    lock = corpora.appendingPathComponent(".\(name).lock")
  }

  /// `name`, if it can be a folder's. Throws ``CorpusError/nameInvalid(_:)``.
  static func checked(_ name: String) throws -> String {
    guard FolderName(name) != nil else { throw CorpusError.nameInvalid(name) }
    return name
  }

  var isTaken: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// Runs `body` while no other process or thread does so for this corpus. The lock goes with the
  /// process that holds it, however that ends.
  func whileLocked<Result>(_ body: () throws -> Result) throws -> Result {
    let descriptor = open(lock.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CorpusError.unreadable(lock, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        throw CorpusError.unreadable(lock, reason: String(cString: strerror(errno)))
      }
    }
    return try body()
  }

  /// A new, empty folder in which a corpus is put together.
  func newAssembly() throws -> URL {
    let assembly = work.appendingPathComponent("assembly", isDirectory: true)
    try? FileManager.default.removeItem(at: assembly)
    try FileManager.default.createDirectory(at: assembly, withIntermediateDirectories: true)
    return assembly
  }

  /// Writes the manifest, and whose tokens the validation split has, into `assembly` and gives the
  /// folder its final name.
  func publish(
    _ manifest: CorpusManifest, documents: [(source: Int, tokens: Int)], from assembly: URL
  ) throws -> PreparedCorpus {
    let file = assembly.appendingPathComponent(PreparedCorpus.manifestName)
    let encoded = try manifest.encoded()
    try DocumentIndex(corpusSHA256: SHA256.hex(of: encoded), documents: documents)
      .write(into: assembly)
    try encoded.write(to: file, options: .atomic)
    try FileManager.default.moveItem(at: assembly, to: folder)
    try FileManager.default.removeItem(at: work)
    return try PreparedCorpus(folder: folder)
  }
}

public import Foundation
import Wire

/// A corpus on its way from another machine. Its files gather in a folder of their own, and the corpus
/// appears in its place when all of them are there with the digests that its manifest records. What
/// has arrived stays when it is interrupted.
public struct CorpusArrival: Sendable {
  public let manifest: CorpusManifest
  public let sha256: String
  private let data: Data
  /// The finished corpus.
  private let folder: URL
  private let work: URL

  /// The corpus whose manifest's bytes are `data`, to be placed under `dataFolder`.
  ///
  /// Throws ``CorpusError/manifestDiffers(expected:found:)`` when the manifest is another than
  /// `sha256` names, and ``CorpusError/nameInvalid(_:)`` for a name that would leave its folder.
  public init(manifest data: Data, sha256: String, in dataFolder: URL) throws {
    let found = SHA256.hex(of: data)
    guard found == sha256 else {
      throw CorpusError.manifestDiffers(expected: sha256, found: found)
    }
    let corpora = PreparedCorpus.corpora(in: dataFolder)
    work = corpora.appendingPathComponent(".\(sha256).arriving", isDirectory: true)
    manifest = try CorpusManifest.decode(
      data, at: work.appendingPathComponent(PreparedCorpus.manifestName))
    for name in [manifest.name] + manifest.files.map(\.file) { _ = try CorpusPlace.checked(name) }
    // A corpus prepared here may have the same name and other text.
    folder = corpora.appendingPathComponent(
      "\(manifest.name.prefix(80)).\(sha256.prefix(12))", isDirectory: true)
    self.sha256 = sha256
    self.data = data
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
  }

  /// Every file beside the manifest.
  public var files: [CorpusManifest.FileRecord] { manifest.files }

  /// Where a file gathers.
  public func url(of record: CorpusManifest.FileRecord) -> URL {
    work.appendingPathComponent(record.file)
  }

  /// Bytes of a file that are there, which may be some, all or wrong ones.
  public func arrived(of record: CorpusManifest.FileRecord) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url(of: record).path)
    return (attributes?[.size] as? Int) ?? 0
  }

  /// Reads a file that has arrived and compares it with the manifest. One that differs is deleted.
  ///
  /// Throws ``CorpusError/damagedInTransit(file:expected:found:)``.
  public func check(_ record: CorpusManifest.FileRecord) throws {
    let found = try MappedFile(url(of: record)).sha256
    guard found == record.sha256 else {
      try? FileManager.default.removeItem(at: url(of: record))
      throw CorpusError.damagedInTransit(
        file: record.file, expected: record.sha256, found: found)
    }
  }

  /// Gives the corpus its place. All files have been checked.
  public func publish() throws -> PreparedCorpus {
    try data.write(
      to: work.appendingPathComponent(PreparedCorpus.manifestName), options: .atomic)
    // What is in the way has this name and is not whole, or it would have been found.
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.moveItem(at: work, to: folder)
    return try PreparedCorpus(folder: folder)
  }
}

/// The right of one slot, of one worker of the machine, to fetch a corpus. The kernel gives it up when
/// the process ends, however it ends.
public struct CorpusArrivalLock: ~Copyable {
  private let descriptor: Int32

  /// Nil while another holds it. Throws ``CorpusError/unreadable(_:reason:)``, and
  /// ``CorpusError/nameInvalid(_:)`` for a digest that is none.
  public static func take(sha256: String, in dataFolder: URL) throws -> CorpusArrivalLock? {
    _ = try CorpusPlace.checked(sha256)
    let corpora = PreparedCorpus.corpora(in: dataFolder)
    try FileManager.default.createDirectory(at: corpora, withIntermediateDirectories: true)
    let url = corpora.appendingPathComponent(".\(sha256).lock")
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CorpusError.unreadable(url, reason: String(cString: strerror(errno)))
    }
    let lock = CorpusArrivalLock(descriptor: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    return lock
  }

  deinit { close(descriptor) }

  /// Gives the right up.
  public consuming func free() {}
}

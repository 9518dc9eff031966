import Foundation
import Synchronization
import Wire

/// The cleaned text of one source, in a file of the work folder.
struct CleanedSource: Codable, Sendable {
  var name: String
  var version: String?
  /// Of the package or file.
  var sha256: String
  var licence: String
  var file: String
  var bytes: Int
  var textSHA256: String
  var paragraphs: DocumentSet.ParagraphEnd
}

extension CorpusPreparation {
  /// Downloads and cleans every source, several at a time.
  func cleanedSources(
    work: WorkFolder, progress: @escaping ProgressHandler
  ) throws -> [CleanedSource] {
    switch input {
    case .recipe(let recipe):
      let packages = try PackageCache(dataFolder: dataFolder).fetch(recipe.packages) {
        done, bytes in
        try progress(
          CorpusProgress(
            phase: .download, fraction: Double(done) / Double(recipe.packages.count), bytes: bytes,
            detail: done == 0 ? "" : recipe.packages[done - 1]))
      }
      return try cleaned(Array(zip(recipe.sources, packages)), progress: progress) { item in
        try clean(item.0, item.1, work: work)
      }
    case .files(let files, let licence):
      return try cleaned(files, progress: progress) { file in
        try clean(file, licence: licence, work: work)
      }
    }
  }

  private func cleaned<Item: Sendable>(
    _ items: [Item], progress: @escaping ProgressHandler,
    _ clean: @Sendable (Item) throws -> CleanedSource
  ) throws -> [CleanedSource] {
    let done = Mutex((count: 0, bytes: 0))
    return try items.concurrentMap { item in
      let source = try clean(item)
      let (count, bytes) = done.withLock { done in
        done.count += 1
        done.bytes += source.bytes
        return done
      }
      try progress(
        CorpusProgress(
          phase: .clean, fraction: Double(count) / Double(items.count), bytes: bytes,
          detail: source.name))
      return source
    }
  }

  private func clean(
    _ source: PackageSource, _ package: PackageCache.Package, work: WorkFolder
  ) throws -> CleanedSource {
    let sha256 = try MappedFile(package.file).sha256
    return try work.result(of: package.name, key: "\(sha256) \(Cleaner.version)") {
      let text = try source.cleanedText(of: package, scratch: work.folder)
      return try keep(
        text, name: package.name, version: package.version, sha256: sha256,
        licence: source.licence, paragraphs: .newline, work: work)
    }
  }

  private func clean(_ file: URL, licence: String, work: WorkFolder) throws -> CleanedSource {
    let sha256 = try MappedFile(file).sha256
    // The record holds name and licence too, and the name says how the bytes are read.
    let identity = SHA256.hex(of: "\(sha256) \(file.lastPathComponent) \(licence)")
    return try work.result(of: "text-\(identity)", key: "\(Cleaner.version)") {
      try keep(
        try TextFile(file).documents(), name: file.lastPathComponent, version: nil,
        sha256: sha256, licence: licence, paragraphs: .blankLine, work: work)
    }
  }

  private func keep(
    _ text: [UInt8], name: String, version: String?, sha256: String, licence: String,
    paragraphs: DocumentSet.ParagraphEnd, work: WorkFolder
  ) throws -> CleanedSource {
    let textSHA256 = SHA256.hex(of: Data(text))
    let file = "\(textSHA256).text"
    try Data(text).write(to: work.file(file), options: .atomic)
    return CleanedSource(
      name: name, version: version, sha256: sha256, licence: licence, file: file,
      bytes: text.count, textSHA256: textSHA256, paragraphs: paragraphs)
  }
}

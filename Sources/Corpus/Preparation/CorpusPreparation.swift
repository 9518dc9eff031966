public import Foundation
import Synchronization
import Wire

/// Turns text into a corpus to train on: documents, splits, a tokenizer, token files, a manifest.
///
/// The result appears under `DATA/corpora/NAME` all at once. Until then each phase's result is kept
/// in a folder beside it, and running again goes on from there. Running again after that does
/// nothing.
public struct CorpusPreparation: Sendable {
  /// What decides the result, next to the text.
  public struct Settings: Hashable, Codable, Sendable {
    /// Pieces of the tokenizer.
    public var vocabulary = 1024
    /// Chooses validation documents, their order and the tokenizer's sample.
    public var seed = 0
    /// Share of documents that go to validation.
    public var validationShare = 0.015
    /// Text that the tokenizer is trained on.
    public var sampleBytes = 8 << 20

    public init() {}
  }

  /// Called as work is done, from any thread, one call at a time. An error thrown from it ends the
  /// preparation; what was finished is kept.
  public typealias ProgressHandler = @Sendable (CorpusProgress) throws -> Void

  enum Input: Sendable {
    case recipe(Recipe)
    /// A user's own text and its licence.
    case files([URL], licence: String)
  }

  public let name: String
  public let dataFolder: URL
  public let settings: Settings
  let input: Input

  /// A built-in recipe. Throws ``CorpusError/unknownRecipe(_:known:)`` or
  /// ``CorpusError/vocabularyOutOfRange(_:)``.
  public init(name: String, dataFolder: URL, settings: Settings = Settings()) throws {
    try self.init(
      name: name, input: .recipe(try Recipe.named(name)), dataFolder: dataFolder,
      settings: settings)
  }

  /// A user's own files: `.txt`, or `.jsonl` with a `text` key. Throws
  /// ``CorpusError/nameInvalid(_:)`` or ``CorpusError/vocabularyOutOfRange(_:)``.
  public init(
    name: String, importing files: [URL], licence: String, dataFolder: URL,
    settings: Settings = Settings()
  ) throws {
    try self.init(
      name: name, input: .files(files, licence: licence), dataFolder: dataFolder,
      settings: settings)
  }

  init(name: String, input: Input, dataFolder: URL, settings: Settings) throws {
    guard Tokenizer.vocabularies.contains(settings.vocabulary) else {
      throw CorpusError.vocabularyOutOfRange(settings.vocabulary)
    }
    self.name = try CorpusPlace.checked(name)
    self.input = input
    self.dataFolder = dataFolder
    self.settings = settings
  }

  /// Prepares the corpus, or returns at once the one that is there. Takes about half a minute for
  /// `debian-mix` on two cores; call it off the main thread. A second caller, in this process or
  /// another, waits for the first. Throws ``CorpusError``, or what `progress` throws.
  @discardableResult
  public func run(progress: @escaping ProgressHandler = { _ in }) throws -> PreparedCorpus {
    let place = try CorpusPlace(name: name, dataFolder: dataFolder)
    if let corpus = try existing(at: place) { return corpus }
    return try place.whileLocked {
      if let corpus = try existing(at: place) { return corpus }
      let work = try WorkFolder(place.work)
      let progress = inTurn(progress)
      let sources = try cleanedSources(work: work, progress: progress)
      return try publish(sources, work: work, at: place, progress: progress)
    }
  }

  private func inTurn(_ progress: @escaping ProgressHandler) -> ProgressHandler {
    let turn = CallOrder()
    return { step in try turn.lock.withLock { _ in try progress(step) } }
  }

  /// Holds the lock that puts calls from several threads one after the other.
  private final class CallOrder: Sendable {
    let lock = Mutex(())
  }

  /// The corpus that is there already. Throws ``CorpusError/nameTaken(_:folder:)`` if it was made
  /// from something else. Package versions are not compared: a corpus that runs refer to does not
  /// change under them when Debian updates a package.
  private func existing(at place: CorpusPlace) throws -> PreparedCorpus? {
    guard place.isTaken else { return nil }
    let corpus = try PreparedCorpus(folder: place.folder)
    let manifest = corpus.manifest
    let isSame =
      manifest.vocabulary == settings.vocabulary && manifest.seed == settings.seed
      && manifest.tokenizer != nil
    switch input {
    case .recipe(let recipe):
      guard isSame, manifest.sources.map(\.name) == recipe.packages else { break }
      return corpus
    case .files(let files, let licence):
      guard isSame, manifest.sources.allSatisfy({ $0.licence == licence }),
        manifest.sources.map(\.sha256) == (try files.map { try MappedFile($0).sha256 })
      else { break }
      return corpus
    }
    throw CorpusError.nameTaken(name, folder: place.folder)
  }
}

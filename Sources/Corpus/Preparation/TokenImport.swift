public import Foundation

/// Makes a prepared corpus of token files that another program wrote: llm.c, nanoGPT or Megatron.
///
/// Tokens are copied into shards of the project's own format, so that a corpus is whole in its
/// folder; there is no tokenizer, and bits a byte only where the text's size is known.
public struct TokenImport: Sendable {
  public let name: String
  public let train: [URL]
  public let validation: [URL]
  /// Token values are below this; needed where no file says it.
  public let vocabulary: Int?
  public let licence: String
  public let dataFolder: URL

  /// Throws ``CorpusError/nameInvalid(_:)``.
  public init(
    name: String, train: [URL], validation: [URL], vocabulary: Int?, licence: String,
    dataFolder: URL
  ) throws {
    self.name = try CorpusPlace.checked(name)
    self.train = train
    self.validation = validation
    self.vocabulary = vocabulary
    self.licence = licence
    self.dataFolder = dataFolder
  }

  /// Imports the files, or returns at once the corpus that was made of them before.
  ///
  /// Throws ``CorpusError``: a file is torn or foreign, a token is outside the vocabulary, the
  /// vocabulary is not known, or the name is taken by something else.
  @discardableResult
  public func run() throws -> PreparedCorpus {
    let place = try CorpusPlace(name: name, dataFolder: dataFolder)
    return try place.whileLocked {
      let files = try (train + validation).map(TokenFile.init)
      for split in Split.allCases where files[range(of: split)].allSatisfy(\.stream.isEmpty) {
        throw CorpusError.splitEmpty(split, documents: 0)
      }
      guard let vocabulary = vocabulary ?? files.compactMap(\.vocabulary).max() else {
        throw CorpusError.vocabularyUnknown(files[0].url)
      }
      let sources = try sources(of: files)
      if place.isTaken {
        let corpus = try PreparedCorpus(folder: place.folder)
        guard corpus.manifest.sources == sources, corpus.manifest.vocabulary == vocabulary
        else { throw CorpusError.nameTaken(name, folder: place.folder) }
        return corpus
      }
      return try publish(files, sources: sources, vocabulary: vocabulary, at: place)
    }
  }

  /// Where the files of `split` stand among all.
  private func range(of split: Split) -> Range<Int> {
    switch split {
    case .train: 0..<train.count
    case .validation: train.count..<train.count + validation.count
    }
  }

  /// The files as a manifest records them, each in its split.
  private func sources(of files: [TokenFile]) throws -> [CorpusManifest.Source] {
    try files.enumerated().map { index, file in
      let isTrain = range(of: .train).contains(index)
      return CorpusManifest.Source(
        name: file.url.lastPathComponent, version: nil, sha256: try MappedFile(file.url).sha256,
        licence: licence, train: isTrain ? file.amount : .zero,
        validation: isTrain ? .zero : file.amount)
    }
  }

  private func publish(
    _ files: [TokenFile], sources: [CorpusManifest.Source], vocabulary: Int, at place: CorpusPlace
  ) throws -> PreparedCorpus {
    let assembly = try place.newAssembly()
    let splits = try Split.allCases.map { split in
      let files = files[range(of: split)]
      var shards = TokenShards(folder: assembly, split: split, vocabulary: vocabulary)
      for file in files { try shards.append(file, below: vocabulary) }
      return CorpusManifest.SplitRecord(
        amount: files.map(\.amount).reduce(.zero, +), shards: try shards.finish())
    }
    let manifest = CorpusManifest(
      formatVersion: CorpusManifest.currentFormat, name: name, seed: 0, vocabulary: vocabulary,
      endOfDocument: nil, tokenizer: nil, sources: sources,
      splits: CorpusManifest.Splits(train: splits[0], validation: splits[1]))
    let documents = range(of: .validation).flatMap { index in
      files[index].documentLengths.map { (source: index, tokens: $0) }
    }
    return try place.publish(manifest, documents: documents, from: assembly)
  }
}

extension TokenFile {
  /// What the file holds, as a manifest counts it.
  fileprivate var amount: CorpusManifest.Amount {
    CorpusManifest.Amount(
      documents: documentStarts?.count ?? 1,
      bytes: bytesPerToken.map { Int(($0 * Double(stream.count)).rounded()) },
      tokens: stream.count)
  }

  /// Tokens of each document; of the whole file where it does not tell them apart.
  fileprivate var documentLengths: [Int] {
    let starts = documentStarts ?? [0]
    return zip(starts, starts.dropFirst() + [stream.count]).map { $1 - $0 }
  }
}

extension TokenShards {
  /// Copies a file's tokens. Throws ``CorpusError/tokenOutsideVocabulary(_:token:vocabulary:)``.
  fileprivate mutating func append(_ file: TokenFile, below vocabulary: Int) throws {
    let count = file.stream.count
    for start in stride(from: 0, to: count, by: 1 << 20) {
      let tokens = file.stream.tokens(start..<min(count, start + 1 << 20))
      if let stray = tokens.first(where: { $0 < 0 || $0 >= vocabulary }) {
        throw CorpusError.tokenOutsideVocabulary(
          file.url, token: Int(stray), vocabulary: vocabulary)
      }
      try append(tokens)
    }
  }
}

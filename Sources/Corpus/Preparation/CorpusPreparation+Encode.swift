import Foundation
import Synchronization
import Wire

extension CorpusPreparation {
  /// Splits, trains the tokenizer, encodes, and puts the corpus in its place.
  func publish(
    _ sources: [CleanedSource], work: WorkFolder, at place: CorpusPlace,
    progress: @escaping ProgressHandler
  ) throws -> PreparedCorpus {
    let documents = try splitDocuments(sources, work: work, progress: progress)
    // All that the tokenizer depends on.
    let key = SHA256.hex(
      of: sources.map(\.textSHA256).joined(separator: " ") + " \(settings) \(Cleaner.version)")
    let model = try trainedModel(on: documents, key: key, work: work, progress: progress)
    let tokenizer = try Tokenizer(model: model)

    let assembly = try place.newAssembly()
    let modelFile = assembly.appendingPathComponent("tokenizer.model")
    try model.write(to: modelFile)
    let (train, validation) = (
      try encode(
        .train, of: documents, from: sources.count, tokenizer, into: assembly, progress: progress),
      try encode(
        .validation, of: documents, from: sources.count, tokenizer, into: assembly,
        progress: progress)
    )
    try progress(CorpusProgress(phase: .write, fraction: 0, bytes: 0, detail: ""))
    let manifest = CorpusManifest(
      formatVersion: CorpusManifest.currentFormat, name: name, seed: settings.seed,
      vocabulary: tokenizer.vocabulary, endOfDocument: tokenizer.endOfDocument.map(Int.init),
      tokenizer: try CorpusManifest.FileRecord(describing: modelFile),
      sources: sources.enumerated().map { index, source in
        CorpusManifest.Source(
          name: source.name, version: source.version, sha256: source.sha256,
          licence: source.licence, train: train.amounts[index],
          validation: validation.amounts[index])
      },
      splits: CorpusManifest.Splits(train: train.record, validation: validation.record))
    let corpus = try place.publish(
      manifest, documents: validation.documents, from: assembly)
    try progress(CorpusProgress(phase: .write, fraction: 1, bytes: 0, detail: corpus.sha256))
    return corpus
  }

  private func splitDocuments(
    _ sources: [CleanedSource], work: WorkFolder, progress: ProgressHandler
  ) throws -> DocumentSet {
    var documents = DocumentSet(
      seed: UInt64(bitPattern: Int64(settings.seed)), validationShare: settings.validationShare)
    for (index, source) in sources.enumerated() {
      try MappedFile(work.file(source.file)).withBytes {
        documents.add($0, source: index, paragraphs: source.paragraphs)
      }
      try progress(
        CorpusProgress(
          phase: .split, fraction: Double(index + 1) / Double(sources.count),
          bytes: documents.text.count, detail: source.name))
    }
    documents.shuffle()
    let count = documents.train.count + documents.validation.count
    for split in Split.allCases where documents[split].isEmpty {
      throw CorpusError.splitEmpty(split, documents: count)
    }
    return documents
  }

  /// The tokenizer's serialised model, trained on the first documents of the training split, which
  /// is in random order.
  private func trainedModel(
    on documents: DocumentSet, key: String, work: WorkFolder, progress: ProgressHandler
  ) throws -> Data {
    try progress(CorpusProgress(phase: .tokenizer, fraction: 0, bytes: 0, detail: ""))
    let model = try work.result(of: "tokenizer", key: key) {
      var sample: [ArraySlice<UInt8>] = []
      var bytes = 0
      for document in documents.train where bytes < settings.sampleBytes {
        bytes += document.range.count
        sample += documents.text[document.range].split(separator: 0x0a)
      }
      return try Tokenizer.train(on: sample, vocabulary: settings.vocabulary)
    }
    try progress(
      CorpusProgress(phase: .tokenizer, fraction: 1, bytes: settings.sampleBytes, detail: ""))
    return model
  }

  private struct EncodedSplit {
    /// By source.
    var amounts: [CorpusManifest.Amount]
    var record: CorpusManifest.SplitRecord
    /// In their order.
    var documents: [(source: Int, tokens: Int)]
  }

  /// A stretch of documents, encoded.
  private struct EncodedChunk: Sendable {
    var tokens: [UInt16] = []
    /// By document.
    var counts: [Int] = []
  }

  private func encode(
    _ split: Split, of documents: DocumentSet, from sourceCount: Int, _ tokenizer: Tokenizer,
    into folder: URL,
    progress: @escaping ProgressHandler
  ) throws -> EncodedSplit {
    let all = documents[split]
    let total = all.reduce(0) { $0 + $1.range.count }
    let done = Mutex(0)
    // An encoder is fast once it has met the language's words, so chunks share a few.
    let encoders = Mutex<[Loan]>([])
    let chunks = stride(from: 0, to: all.count, by: 4096).map { $0..<min($0 + 4096, all.count) }
    let encoded = try chunks.concurrentMap { chunk in
      let loan = encoders.withLock { $0.popLast() } ?? Loan(encoder: TokenEncoder(tokenizer))
      let output = Self.encode(all[chunk], documents.text, tokenizer, loan.encoder)
      encoders.withLock { $0.append(loan) }
      let bytes = all[chunk].reduce(0) { $0 + $1.range.count }
      let sum = done.withLock { done in
        done += bytes
        return done
      }
      try progress(
        CorpusProgress(
          phase: .encode, fraction: Double(sum) / Double(total), bytes: sum, detail: split.rawValue)
      )
      return output
    }
    var shards = TokenShards(folder: folder, split: split, vocabulary: tokenizer.vocabulary)
    // A source may have no document in this split.
    var amounts = [CorpusManifest.Amount](repeating: .zero, count: sourceCount)
    var written: [(source: Int, tokens: Int)] = []
    for (chunk, output) in zip(chunks, encoded) {
      try shards.append(output.tokens)
      for (document, count) in zip(all[chunk], output.counts) {
        amounts[document.source].add(bytes: document.range.count, tokens: count)
        written.append((document.source, count))
      }
    }
    return EncodedSplit(
      amounts: amounts,
      record: CorpusManifest.SplitRecord(
        amount: amounts.reduce(.zero, +), shards: try shards.finish()),
      documents: written)
  }

  /// An encoder on its way from one thread to another; the pool hands it to one at a time.
  private struct Loan: @unchecked Sendable {
    let encoder: TokenEncoder
  }

  private static func encode(
    _ documents: ArraySlice<DocumentSet.Document>, _ text: [UInt8], _ tokenizer: Tokenizer,
    _ encoder: TokenEncoder
  ) -> EncodedChunk {
    var output = EncodedChunk()
    text.withUnsafeBytes { bytes in
      for document in documents {
        let before = output.tokens.count
        encoder.encode(UnsafeRawBufferPointer(rebasing: bytes[document.range])) { tokens in
          output.tokens.append(contentsOf: tokens.lazy.map { UInt16(truncatingIfNeeded: $0) })
        }
        if let end = tokenizer.endOfDocument {
          output.tokens.append(UInt16(truncatingIfNeeded: end))
        }
        output.counts.append(output.tokens.count - before)
      }
    }
    return output
  }
}

extension CorpusManifest.Amount {
  static let zero = Self(documents: 0, bytes: 0, tokens: 0)

  fileprivate mutating func add(bytes: Int, tokens: Int) {
    self = self + Self(documents: 1, bytes: bytes, tokens: tokens)
  }
}

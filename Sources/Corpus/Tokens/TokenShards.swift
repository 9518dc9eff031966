import Foundation

/// The token files of one split: `train_000.bin`, `train_001.bin`, …
struct TokenShards: ~Copyable {
  let folder: URL
  let split: Split
  let vocabulary: Int
  private var records: [CorpusManifest.FileRecord] = []
  private var writer: TokenFileWriter?

  /// llm.c's header counts tokens in 31 bits; a shard of the usual size is 256 or 512 MiB.
  let tokensPerShard: Int

  init(folder: URL, split: Split, vocabulary: Int, tokensPerShard: Int = 1 << 27) {
    self.folder = folder
    self.split = split
    self.vocabulary = vocabulary
    self.tokensPerShard = tokensPerShard
  }

  /// Adds tokens, which must be below the vocabulary.
  mutating func append<Token: FixedWidthInteger>(_ tokens: [Token]) throws {
    var rest = tokens[...]
    while !rest.isEmpty {
      var open = try writer.take() ?? next()
      let room = tokensPerShard - open.count
      try open.append(rest.prefix(room))
      rest = rest.dropFirst(room)
      if open.count == tokensPerShard {
        records.append(try open.finish())
      } else {
        writer = consume open
      }
    }
  }

  /// Completes the last file. Returns the records of all, at least one.
  consuming func finish() throws -> [CorpusManifest.FileRecord] {
    var records = self.records
    if let open = writer.take() {
      records.append(try open.finish())
    } else if records.isEmpty {
      records.append(try next().finish())
    }
    return records
  }

  private func next() throws -> TokenFileWriter {
    let number = String(format: "%03d", records.count)
    return try TokenFileWriter(
      folder.appendingPathComponent("\(split.rawValue)_\(number).bin"), vocabulary: vocabulary)
  }
}

import Experiment
import Foundation

/// The part of a corpus that trains a model, or the part that judges it.
public enum Split: String, Sendable, Codable, CaseIterable {
  case train, validation
}

/// What a prepared corpus holds and where it came from: `manifest.json`. Equal inputs give equal
/// bytes on any machine, so the file's SHA-256 names the corpus.
public struct CorpusManifest: Hashable, Codable, Sendable {
  /// The layout that this version of the program writes and reads.
  public static let currentFormat = 1

  public var formatVersion: Int
  public var name: String
  /// Chooses the validation documents and the tokenizer's sample.
  public var seed: Int
  /// Token values are below this.
  public var vocabulary: Int
  /// The token after each document; absent where wrapped token files have none that is known.
  public var endOfDocument: Int?
  /// Absent for wrapped token files.
  public var tokenizer: FileRecord?
  public var sources: [Source]
  public var splits: Splits

  /// A file of the corpus.
  public struct FileRecord: Hashable, Codable, Sendable {
    /// Relative to the corpus's folder.
    public var file: String
    public var sha256: String
    /// Size of the file.
    public var bytes: Int
  }

  /// Where text came from, and how much of it is left after cleaning.
  public struct Source: Hashable, Codable, Sendable {
    /// Package or file name.
    public var name: String
    /// Package version; absent for a user's own file.
    public var version: String?
    /// Of the package or file as it was read.
    public var sha256: String
    public var licence: String
    public var train: Amount
    public var validation: Amount
  }

  /// How much text.
  public struct Amount: Hashable, Codable, Sendable {
    public var documents: Int
    /// UTF-8 bytes of text; absent where only tokens are known.
    public var bytes: Int?
    /// End-of-document tokens included.
    public var tokens: Int
  }

  /// One split in full.
  public struct SplitRecord: Hashable, Codable, Sendable {
    public var amount: Amount
    /// Token files in reading order.
    public var shards: [FileRecord]
  }

  /// Both splits.
  public struct Splits: Hashable, Codable, Sendable {
    public var train: SplitRecord
    public var validation: SplitRecord
  }

  /// The record of `split`.
  public subscript(_ split: Split) -> SplitRecord {
    switch split {
    case .train: splits.train
    case .validation: splits.validation
    }
  }

  /// Every file beside the manifest.
  var files: [FileRecord] {
    splits.train.shards + splits.validation.shards + [tokenizer].compactMap(\.self)
  }

  /// UTF-8 bytes a token, end-of-document tokens counted, so that bits a byte are
  /// nats a token / (ln 2 · this). `nil` where wrapped token files came without their text's size.
  public func bytesPerToken(_ split: Split) -> Double? {
    let amount = self[split].amount
    guard let bytes = amount.bytes, amount.tokens > 0 else { return nil }
    return Double(bytes) / Double(amount.tokens)
  }

  /// The manifest as its file holds it: sorted keys, a fixed layout, a newline at the end.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads the bytes of a manifest file. Throws ``CorpusError/manifestMalformed(_:reason:)``.
  static func decode(_ data: Data, at url: URL) throws -> CorpusManifest {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let manifest: CorpusManifest
    do {
      manifest = try decoder.decode(CorpusManifest.self, from: data)
    } catch {
      throw CorpusError.manifestMalformed(url, reason: "\(error)")
    }
    guard manifest.formatVersion == currentFormat else {
      throw CorpusError.manifestMalformed(
        url, reason: "format version \(manifest.formatVersion), this program reads \(currentFormat)"
      )
    }
    // A manifest may come from another machine: it names files beside it and no others.
    if let file = manifest.files.map(\.file).first(where: { FolderName($0) == nil }) {
      throw CorpusError.manifestMalformed(
        url, reason: "'\(file)' is not the name of a file beside it")
    }
    return manifest
  }
}

extension CorpusManifest.Amount {
  /// Both together; text's bytes only where both know them.
  static func + (left: Self, right: Self) -> Self {
    Self(
      documents: left.documents + right.documents,
      bytes: left.bytes.flatMap { bytes in right.bytes.map { bytes + $0 } },
      tokens: left.tokens + right.tokens)
  }
}

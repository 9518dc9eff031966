import CSentencePiece
public import Foundation

/// A SentencePiece model: text to tokens and back. Any text encodes, and comes back byte for byte,
/// because what has no piece is written as bytes. Immutable after loading; any number of threads
/// may use one.
public struct Tokenizer: Sendable {
  /// Owns the C++ object.
  final class Model: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { sp_model_free(pointer) }
  }

  let model: Model
  /// Pieces.
  public let vocabulary: Int
  /// The token between documents; `nil` if the model has no `</s>`.
  public let endOfDocument: Int32?

  /// Loads a serialised model. Throws ``CorpusError/tokenizerFailed(_:)``.
  public init(model data: Data) throws {
    var message = sp_bytes()
    let pointer = data.withUnsafeBytes { sp_model_load($0.baseAddress, $0.count, &message) }
    defer { sp_free(message) }
    guard let pointer else { throw CorpusError.tokenizerFailed(message.text) }
    model = Model(pointer)
    vocabulary = Int(sp_model_vocabulary(pointer))
    let end = sp_model_piece(pointer, "</s>")
    endOfDocument = end >= 0 ? end : nil
  }

  /// Loads a model file. Throws ``CorpusError/unreadable(_:reason:)`` or
  /// ``CorpusError/tokenizerFailed(_:)``.
  public init(file: URL) throws {
    try self.init(model: Data(contentsOf: file, orUnreadable: ()))
  }

  /// The tokens of `text`.
  public func encode(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { utf8 in
      TokenEncoder(self).encode(UnsafeRawBufferPointer(utf8)) { Array($0) }
    }
  }

  /// The text of `tokens`; tokens outside the vocabulary and ends of documents give nothing.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    let tokens = tokens.filter { $0 != endOfDocument }
    let text = tokens.withUnsafeBufferPointer {
      sp_model_decode(model.pointer, $0.baseAddress, $0.count)
    }
    defer { sp_free(text) }
    return text.text
  }
}

/// Encodes much text with one tokenizer: remembers the words that it has met, which makes it about
/// ten times as fast. For one thread at a time.
public final class TokenEncoder {
  private let model: Tokenizer.Model
  private let pointer: OpaquePointer

  public init(_ tokenizer: Tokenizer) {
    model = tokenizer.model
    pointer = sp_encoder_create(tokenizer.model.pointer)
  }

  deinit { sp_encoder_free(pointer) }

  /// Calls `body` with the tokens of `utf8`; they live until the next call.
  public func encode<Result>(
    _ utf8: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<Int32>) throws -> Result
  ) rethrows -> Result {
    var tokens: UnsafePointer<Int32>?
    let count = sp_encoder_encode(
      pointer, utf8.baseAddress?.assumingMemoryBound(to: CChar.self), utf8.count, &tokens)
    return try body(UnsafeBufferPointer(start: tokens, count: count))
  }
}

extension sp_bytes {
  /// The bytes as text.
  var text: String {
    let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Data {
  /// The file's bytes. Throws ``CorpusError/unreadable(_:reason:)``.
  init(contentsOf url: URL, orUnreadable: Void) throws {
    do {
      try self.init(contentsOf: url)
    } catch {
      throw CorpusError.unreadable(url, reason: error.localizedDescription)
    }
  }
}

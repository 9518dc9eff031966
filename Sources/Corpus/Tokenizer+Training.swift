import CSentencePiece
public import Foundation

extension Tokenizer {
  /// Vocabularies that can be trained: below, the 256 bytes leave no room for pieces; above, tokens
  /// do not fit in 16 bits.
  public static let vocabularies = 300...65_536

  /// Trains byte-pair encoding with byte fallback on `texts` and returns the serialised model,
  /// which depends on nothing but the arguments. Text is taken as it is: no normalisation, spaces
  /// kept, digits apart. Throws ``CorpusError/vocabularyOutOfRange(_:)`` or
  /// ``CorpusError/tokenizerFailed(_:)``.
  public static func train(on texts: [String], vocabulary: Int) throws -> Data {
    let bytes = texts.map { Array($0.utf8) }
    return try train(on: bytes.map { $0[...] }, vocabulary: vocabulary)
  }

  static func train(on texts: [ArraySlice<UInt8>], vocabulary: Int) throws -> Data {
    guard vocabularies.contains(vocabulary) else {
      throw CorpusError.vocabularyOutOfRange(vocabulary)
    }
    let arguments = [
      "model_type": "bpe", "vocab_size": "\(vocabulary)", "byte_fallback": "true",
      "character_coverage": "0.9995", "normalization_rule_name": "identity",
      "add_dummy_prefix": "false", "remove_extra_whitespaces": "false", "split_digits": "true",
      "unk_id": "0", "bos_id": "-1", "eos_id": "1", "pad_id": "-1",
      "max_sentence_length": "1000000", "num_threads": "1",
    ]
    let line = arguments.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
    let joined = texts.flatMap { $0 }
    var message = sp_bytes()
    let model = joined.withUnsafeBytes { buffer in
      var address = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let addresses = texts.map { text -> UnsafePointer<CChar>? in
        defer { address = address.map { $0 + text.count } }
        return address
      }
      return sp_train(
        line.joined(separator: " "), addresses, texts.map(\.count), texts.count, &message)
    }
    defer {
      sp_free(model)
      sp_free(message)
    }
    guard let data = model.data else { throw CorpusError.tokenizerFailed(message.text) }
    return Data(bytes: data, count: model.count)
  }
}

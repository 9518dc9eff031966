public import Foundation

/// Everything that can go wrong with a corpus. Each description says what was wrong, where, and
/// what would be right.
public enum CorpusError: Error {
  // Files of tokens
  case unreadable(URL, reason: String)
  case tokenFileTorn(URL, format: String, expected: String, found: String)
  case tokenFileForeign(URL, found: String)
  case tokenWidthUnsupported(URL, found: String)
  case tokenOutsideVocabulary(URL, token: Int, vocabulary: Int)
  case vocabularyUnknown(URL)

  // Prepared corpora
  case notPrepared(name: String, folder: URL, known: [String])
  case noCorpus(sha256: String, folder: URL, known: [(name: String, sha256: String)])
  case manifestMalformed(URL, reason: String)
  case shardDiffers(URL, expected: String, found: String)
  case nameTaken(String, folder: URL)
  case nameInvalid(String)
  case documentsUnknown(name: String, folder: URL)
  case documentsMalformed(URL, reason: String)
  case textUnknown(name: String)

  // Corpora from another machine
  case manifestDiffers(expected: String, found: String)
  case damagedInTransit(file: String, expected: String, found: String)

  // Preparation
  case unknownRecipe(String, known: [String])
  case toolMissing(String, package: String)
  case toolFailed(String, status: Int32, message: String)
  case packageListsEmpty(package: String, message: String)
  case downloadFailed(package: String, message: String)
  case sourceEmpty(String)
  case sourceMalformed(String, reason: String)
  case textNotUTF8(URL, offset: Int)
  case unknownTextFormat(URL)
  case malformedLine(URL, line: Int, reason: String)
  case splitEmpty(Split, documents: Int)
  case vocabularyOutOfRange(Int)
  case tokenizerFailed(String)
}

extension CorpusError: CustomStringConvertible {
  public var description: String { "\(fact). \(hint)" }

  /// What was wrong, and where.
  var fact: String {
    switch self {
    case .unreadable(let url, let reason): "Cannot read \(url.path): \(reason)"
    case .tokenFileTorn(let url, let format, let expected, let found):
      "\(url.path) is a torn \(format) file: \(expected) expected, \(found) found"
    case .tokenFileForeign(let url, let found):
      "\(url.path) is not a token file: it is \(found)"
    case .tokenWidthUnsupported(let url, let found):
      "\(url.path) holds tokens as \(found)"
    case .tokenOutsideVocabulary(let url, let token, let vocabulary):
      "\(url.path) holds token \(token), outside a vocabulary of \(vocabulary)"
    case .vocabularyUnknown(let url): "\(url.path) does not say the size of its vocabulary"
    case .notPrepared(let name, let folder, _): "No corpus '\(name)' in \(folder.path)"
    case .noCorpus(let sha256, let folder, _):
      "No corpus in \(folder.path) has the manifest SHA-256 \(sha256)"
    case .manifestMalformed(let url, let reason): "\(url.path) is not a manifest: \(reason)"
    case .shardDiffers(let url, let expected, let found):
      "\(url.path) differs from its manifest: \(expected) recorded, \(found) found"
    case .nameTaken(let name, let folder):
      "A corpus '\(name)' made from other inputs is in \(folder.path)"
    case .nameInvalid(let name): "'\(name)' cannot name a corpus"
    case .manifestDiffers(let expected, let found):
      "The manifest that arrived has the SHA-256 \(found), not \(expected)"
    case .damagedInTransit(let file, let expected, let found):
      "\(file) arrived with the SHA-256 \(found), not \(expected); it was deleted"
    case .documentsUnknown(let name, let folder):
      "The corpus '\(name)' in \(folder.path) does not say which tokens are whose"
    case .documentsMalformed(let url, let reason):
      "\(url.path) is no index of documents: \(reason)"
    case .textUnknown(let name): "The corpus '\(name)' is tokens without a tokenizer"
    case .unknownRecipe(let name, _): "No recipe is named '\(name)'"
    case .toolMissing(let tool, _): "The program '\(tool)' is not installed"
    case .toolFailed(let tool, let status, let message):
      "'\(tool)' ended with status \(status): \(message)"
    case .packageListsEmpty(let package, let message):
      "apt does not know the package \(package): \(message)"
    case .downloadFailed(let package, let message): "Cannot download \(package): \(message)"
    case .sourceEmpty(let source): "No text is left of \(source) after cleaning"
    case .sourceMalformed(let source, let reason): "Cannot read the text of \(source): \(reason)"
    case .textNotUTF8(let url, let offset): "\(url.path) is not UTF-8 at byte \(offset)"
    case .unknownTextFormat(let url): "\(url.path) has no known text format"
    case .malformedLine(let url, let line, let reason): "\(url.path), line \(line): \(reason)"
    case .splitEmpty(let split, let documents):
      "The \(split.rawValue) split is empty: \(documents) documents in all"
    case .vocabularyOutOfRange(let vocabulary): "A vocabulary of \(vocabulary) is out of range"
    case .tokenizerFailed(let message): "SentencePiece: \(message)"
    }
  }

  /// What would be right.
  var hint: String {
    switch self {
    case .unreadable: "Check the path and its permissions."
    case .tokenFileTorn: "Copy or write the file again: its writer did not finish."
    case .tokenFileForeign:
      "Token files are llm.c (magic 20240520 or 20240801), Megatron (.bin beside .idx) or raw "
        + "16-bit tokens with a JSON file beside them (name.bin.json: {\"vocabulary\": 50257})."
    case .tokenWidthUnsupported: "Tokens are read as 16-bit unsigned or 32-bit integers."
    case .tokenOutsideVocabulary: "Give the vocabulary of the tokenizer that wrote the file."
    case .vocabularyUnknown: "Give it: --vocabulary 50257."
    case .notPrepared(let name, _, let known):
      "Run: orchestrator corpus prepare \(name)." + Self.list(known, of: "Prepared here")
    case .noCorpus(_, _, let known):
      "Prepare it again, or copy it from the machine that has it."
        + Self.list(known.map { "\($0.name) \($0.sha256)" }, of: "Prepared here")
    case .manifestMalformed: "Remove the folder and prepare the corpus again."
    case .shardDiffers: "Remove the folder and prepare the corpus again."
    case .nameTaken: "Choose another name, or remove that folder."
    case .documentsUnknown(let name, let folder):
      "It was prepared before documents were kept: move \(folder.path) away and prepare '\(name)' "
        + "again. Equal text gives the equal digest, so runs keep their corpus."
    case .documentsMalformed(let url, _): "Remove \(url.path) and prepare the corpus again."
    case .textUnknown: "Take a corpus that was prepared or imported from text."
    case .nameInvalid: "Use letters, digits, '.', '-' and '_', not beginning with '.'."
    case .manifestDiffers, .damagedInTransit:
      "Check the corpus on the daemon's machine, and what stands between: a proxy may change bytes."
    case .unknownRecipe(_, let known):
      "Recipes: \(known.joined(separator: ", ")). For your own text: orchestrator corpus import."
    case .toolMissing(_, let package): "Install the Debian package \(package)."
    case .toolFailed: "Run the preparation again; what was finished is kept."
    case .packageListsEmpty: "Refresh apt's package lists: sudo apt-get update."
    case .downloadFailed:
      "Check the network and the package lists (sudo apt-get update), then run it again: what was "
        + "downloaded is kept."
    case .sourceEmpty: "Check that it holds text in paragraphs."
    case .sourceMalformed: "Its layout may have changed with the package's version."
    case .textNotUTF8: "Convert it first, for example: iconv -f latin1 -t utf-8."
    case .unknownTextFormat: "Give .txt or .jsonl files (one object a line with a \"text\" key)."
    case .malformedLine: "Each line is an object such as {\"text\": \"…\"}."
    case .splitEmpty: "Give more documents, or a larger validation share."
    case .vocabularyOutOfRange:
      "SentencePiece needs 300 to 65,536 pieces: 256 are bytes, and tokens are 16-bit."
    case .tokenizerFailed: "Give more text, or a smaller vocabulary."
    }
  }

  private static func list(_ known: [String], of title: String) -> String {
    known.isEmpty ? "" : " \(title): \(known.joined(separator: ", "))."
  }
}

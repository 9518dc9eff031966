import Foundation

extension TokenFile {
  /// What raw tokens cannot say of themselves: `name.bin.json`.
  struct Sidecar: Codable {
    var vocabulary: Int
    /// Text bytes a token, for bits a byte.
    var bytesPerToken: Double?

    private enum CodingKeys: String, CodingKey {
      case vocabulary
      case bytesPerToken = "bytes_per_token"
    }
  }

  static func nanoGPT(_ file: MappedFile, sidecar url: URL) throws -> TokenFile {
    let sidecar: Sidecar
    do {
      sidecar = try JSONDecoder().decode(Sidecar.self, from: Data(contentsOf: url))
    } catch {
      throw CorpusError.tokenFileForeign(
        file.url, found: "raw, and \(url.lastPathComponent) beside it has no \"vocabulary\"")
    }
    let size = file.size
    guard size % 2 == 0 else {
      throw CorpusError.tokenFileTorn(
        file.url, format: "nanoGPT", expected: "an even number of bytes", found: "\(size) bytes")
    }
    let storage = TokenStream.Segment.Storage.file(file, offset: 0, width: .uint16)
    return TokenFile(
      file: file, format: .nanoGPT, stream: TokenStream([(storage, size / 2)]),
      vocabulary: sidecar.vocabulary, bytesPerToken: sidecar.bytesPerToken)
  }
}

import Corpus
import Foundation
import Hummingbird
import Wire

/// Corpora for nodes that lack them, by the digest that names them.
extension Routes {
  static func addCorpusRoutes(to group: RouterGroup<DaemonContext>, data: URL) {
    let files = FileIO()
    group.get("/corpora/:sha256") { request, context in
      let corpus = try corpus(context.parameters.require("sha256"), in: data)
      return try await file(
        corpus.manifestFile, sha256: corpus.sha256, type: .applicationJson, request, context, files)
    }
    group.get("/corpora/:sha256/files/:name") { request, context in
      let corpus = try corpus(context.parameters.require("sha256"), in: data)
      let name = try context.parameters.require("name")
      guard let (record, url) = corpus.file(named: name) else {
        throw APIError(
          .notFound, "the corpus \(corpus.manifest.name) has no file '\(name)'",
          hint: "its manifest names its files")
      }
      return try await file(
        url, sha256: record.sha256, type: .applicationBinary, request, context, files)
    }
  }

  private static func corpus(_ sha256: String, in data: URL) throws -> PreparedCorpus {
    do {
      return try PreparedCorpus.locate(sha256: sha256, in: data)
    } catch let error as CorpusError {
      guard case .noCorpus = error else { throw error }
      throw APIError(
        .notFound, "the daemon has no corpus with the manifest SHA-256 \(sha256)",
        hint: "prepare it on the daemon's machine, or copy it to the worker's")
    }
  }

  /// All of a file, or the part that is asked for, read from disk in pieces as the client takes them.
  private static func file(
    _ url: URL, sha256: String, type: MediaType, _ request: Request, _ context: DaemonContext,
    _ files: FileIO
  ) async throws -> Response {
    let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    let tag = "\"\(sha256)\""
    var headers: HTTPFields = [
      .contentType: type.description, .acceptRanges: "bytes", .eTag: tag,
    ]
    // A range of another version of the file would be glued to the wrong beginning.
    let isSame = request.headers[.ifRange].map { $0 == tag } ?? true
    switch ByteRange(isSame ? request.headers[.range] : nil, of: size) {
    case .whole:
      let body = try await files.loadFile(path: url.path, context: context)
      return Response(status: .ok, headers: headers, body: body)
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"
      let body = try await files.loadFile(path: url.path, range: range, context: context)
      return Response(status: .partialContent, headers: headers, body: body)
    case .outside:
      let refusal = APIError(.invalid, "the file has \(size) bytes, and the range none of them")
      var response = try JSONBody.response(refusal, status: .rangeNotSatisfiable)
      response.headers[.contentRange] = "bytes */\(size)"
      return response
    }
  }
}

/// What a `Range` header asks of a file (RFC 9110, 14.2): one range of bytes. Several, or what cannot be
/// read, is as if nothing had been asked.
enum ByteRange: Hashable {
  case whole
  case part(ClosedRange<Int>)
  /// Nothing of it is in the file.
  case outside

  init(_ header: String?, of size: Int) {
    self = .whole
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return }
    let ends = header.dropFirst("bytes=".count)
      .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
      return
    }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, let last?) where first > last: return
    case (let first?, let last):
      guard ends[1].isEmpty || last != nil else { return }
      self = first < size ? .part(first...min(last ?? size - 1, size - 1)) : .outside
    case (nil, let count?) where ends[0].isEmpty:
      self = count > 0 && size > 0 ? .part(max(size - count, 0)...(size - 1)) : .outside
    case (nil, _): return
    }
  }
}

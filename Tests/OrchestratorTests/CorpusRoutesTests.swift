import Client
import Corpus
import Foundation
import Synchronization
import Testing
import Wire

@testable import Orchestrator

@Suite("The daemon hands out its corpora", .serialized)
struct CorpusRoutesTests {
  private func withDaemon(
    _ body: (DaemonClient, PreparedCorpus) async throws -> Void
  ) async throws {
    let laboratory = try Laboratory()
    let corpus = try PreparedCorpus.named("words", in: laboratory.folder)
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      try await body(client, corpus)
    }
  }

  /// What a download beyond `beginning` leaves in its file.
  private func download(
    _ client: DaemonClient, _ path: String, sha256: String, after beginning: Data = Data()
  ) async throws -> Data {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try beginning.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let handle = try FileHandle(forUpdating: url)
    try await client.download(
      path, sha256: sha256, from: beginning.count, into: handle.fileDescriptor
    ) { _ in }
    return try Data(contentsOf: url)
  }

  private func refusal(_ body: () async throws -> Void) async -> APIError.Code? {
    do {
      try await body()
      return nil
    } catch ClientError.api(let refusal) {
      return refusal.code
    } catch {
      Issue.record(error)
      return nil
    }
  }

  @Test("the manifest byte for byte, each file whole, and the rest of it")
  func files() async throws {
    try await withDaemon { client, corpus in
      let manifest = try await client.corpusManifest(sha256: corpus.sha256)
      #expect(SHA256.hex(of: manifest) == corpus.sha256)
      let record = corpus.manifest.splits.train.shards[0]
      let path = DaemonClient.path(ofCorpus: corpus.sha256, file: record.file)
      let whole = try await download(client, path, sha256: record.sha256)
      #expect(whole.count == record.bytes && SHA256.hex(of: whole) == record.sha256)
      let tail = try await download(
        client, path, sha256: record.sha256, after: Data(repeating: 7, count: 1000))
      #expect(tail == Data(repeating: 7, count: 1000) + whole.dropFirst(1000))
      // Another version of the file is not glued to the wrong beginning.
      let other = try await download(
        client, path, sha256: "0", after: Data(repeating: 7, count: 1000))
      #expect(other == whole)
      let beyond = await refusal {
        _ = try await download(client, path, sha256: record.sha256, after: whole)
      }
      #expect(beyond == .invalid)
    }
  }

  @Test("nothing else: no other digest, no other name, no way out of the folder")
  func names() async throws {
    try await withDaemon { client, corpus in
      let base = "/v1/corpora/\(corpus.sha256)"
      let paths = [
        "/v1/corpora/\(String(repeating: "0", count: 64))", "/v1/corpora/words",
        "/v1/corpora/..%2Fwords", "\(base)/files/manifest.json", "\(base)/files/nothing.bin",
        "\(base)/files/..%2F..%2Fregistry.db", "\(base)/files/%2Fetc%2Fpasswd",
        "\(base)/files/%2E%2E%2Fmanifest.json", "\(base)/files/train_000.bin%00",
      ]
      for path in paths {
        let code = await refusal { _ = try await client.data(.get, path) }
        #expect(code == .notFound, "\(path)")
      }
    }
  }

  @Test("a range is read as RFC 9110 says, and what cannot be read is as if it were not there")
  func ranges() {
    let cases: [(String?, ByteRange)] = [
      (nil, .whole), ("bytes=0-", .part(0...99)), ("bytes=10-19", .part(10...19)),
      ("bytes=90-500", .part(90...99)), ("bytes=-5", .part(95...99)), ("bytes=-500", .part(0...99)),
      ("bytes=100-", .outside), ("bytes=100-200", .outside), ("bytes=-0", .outside),
      ("bytes=5-4", .whole), ("bytes=1-2,4-5", .whole), ("bytes=x-2", .whole),
      ("bytes=1-x", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("lines=1-2", .whole),
      ("bytes=+1-2", .whole), ("bytes=99999999999999999999-", .whole), ("bytes=--5", .whole),
    ]
    for (header, expected) in cases {
      #expect(ByteRange(header, of: 100) == expected, "\(header ?? "none")")
    }
    #expect(ByteRange("bytes=0-", of: 0) == .outside)
  }
}

import ArgumentParser
import Foundation
import Testing
import Wire

@testable import Orchestrator

@Suite("What is wrong is refused in clear words, and nothing is changed by it", .serialized)
struct RefusalTests {
  /// A place with a corpus, two daemons and tokens, for as long as `body` takes.
  private func withPlace(_ body: (RefusalPlace) async throws -> Void) async throws {
    let laboratory = try Laboratory()
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder) { guarded in
        try await GuardedDaemon.serving(laboratory.folder, requiresTokens: false) { unguarded in
          var byRole: [Role: String] = [:]
          for role in Role.allCases { byRole[role] = try await guarded.token(role) }
          let expired = try await guarded.token(.admin, name: "old", expires: 1)
          let revoked = try await guarded.token(.admin, name: "gone")
          try await guarded.desk.revokeToken("gone")
          var system = SystemRandomNumberGenerator()
          try await body(
            RefusalPlace(
              folder: laboratory.folder, guarded: guarded, unguarded: unguarded, byRole: byRole,
              expired: expired, revoked: revoked, unknown: BearerToken(from: &system).secret))
        }
      }
    }
    withExtendedLifetime(laboratory) {}
  }

  /// The refusal in one line; nil when the input was taken.
  private func refusal(_ input: BadInput, _ place: RefusalPlace) async throws -> String? {
    switch input.way {
    case .request(let request, let role):
      return try await answer(place.guarded, request.with(role.flatMap { place.byRole[$0] }))
    case .tokens(let request): return try await answer(place.guarded, request(place))
    case .unguarded(let request): return try await answer(place.unguarded, request)
    case .bytes(let data):
      let reply = try await RawConnection(port: place.guarded.port).exchange(data)
      return reply.map { "\($0.status), and the connection is closed" }
    case .call(let call):
      do {
        try await call(place)
        return nil
      } catch {
        let isUsage = ListenOptions.exitCode(for: error) == .validationFailure
        return isUsage
          ? ListenOptions.message(for: error) : CommandFailure(describing: error).message
      }
    }
  }

  private func answer(_ daemon: GuardedDaemon, _ request: RawRequest) async throws -> String? {
    guard let reply = try await daemon.answer(request) else { return "the connection is closed" }
    guard reply.status >= 400 else { return nil }
    let error = try JSONDecoder().decode(APIError.self, from: reply.body)
    #expect(reply.status == error.code.status)
    #expect(reply.status != 500, "\(error)")
    #expect((reply.headers["www-authenticate"] == "Bearer") == (reply.status == 401))
    return "\(reply.status) `\(error.code.rawValue)`: \(error)"
  }

  @Test("the table of bad inputs, each with its refusal, is docs/refusals.md")
  func table() async throws {
    try await withPlace { place in
      let before = [try await place.guarded.contents(), try await place.unguarded.contents()]
      var text = Self.introduction
      for (title, rows) in BadInput.all {
        text += "\n## \(title)\n\n| given | refusal |\n| --- | --- |\n"
        for input in rows {
          // Long enough for earlier wrong tokens to be forgotten.
          place.guarded.clock.advance(3_600_000)
          let refusal = try #require(
            try await refusal(input, place), "\(input.name) was taken for good")
          let after = [try await place.guarded.contents(), try await place.unguarded.contents()]
          #expect(after == before, "\(input.name) has changed something")
          #expect(
            !place.byRole.values.contains { refusal.contains($0) }, "\(input.name) repeats it")
          text += "| \(input.name) | \(Self.oneLine(refusal, place)) |\n"
        }
      }
      if let path = ProcessInfo.processInfo.environment["WRITE_REFUSALS"] {
        try Data(text.utf8).write(to: URL(filePath: path))
      }
      #expect(try text == Documents.text("docs/refusals.md"))
    }
  }

  private static let introduction = """
    # Bad inputs and their refusals

    Each of these is tried by a test, which also sees that nothing in the registry has changed. The
    table is the test's own output: `WRITE_REFUSALS=docs/refusals.md swift test --filter RefusalTests`.

    """

  /// A refusal as a cell, without what differs from machine to machine.
  private static func oneLine(_ refusal: String, _ place: RefusalPlace) -> String {
    refusal.replacing(place.folder.path, with: "DATA").replacing(
      place.folder.resolvingSymlinksInPath().path, with: "DATA"
    )
    .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    .joined(separator: " · ")
    .replacing("|", with: "\\|").replacing("\0", with: "␀")
  }
}

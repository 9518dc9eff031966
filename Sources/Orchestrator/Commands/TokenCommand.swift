public import ArgumentParser
import Client
import Foundation
import Registry
public import Wire

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make, list and revoke the tokens that requests need.",
    discussion: """
      Roles: admin may do everything; submit submits, imports and cancels, and reads; read reads; \
      worker is for workers, which see no results. docs/security.md has the table.
      """,
    subcommands: [Create.self, List.self, Revoke.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token and print it, this once.",
      discussion: """
        The first administrator's is made in the registry's file, before the daemon starts: \
        orchestrator token create me --role admin --registry data/registry.db
        """)

    @Argument(help: "What to call it; unique among those in force.") var name: String
    @Option(help: "admin, submit, read or worker.") var role: Role
    @Option(help: "How long it is taken, as 12h, 90d or 2w; always by default.")
    var expires: Lifetime?
    @OptionGroup var place: TokenPlace
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      try await reportingFailures {
        let request = TokenRequest(name: name, role: role, expiresSeconds: expires?.seconds)
        let token = try await place.keeper().create(request)
        if json { return Screen.process.result(try PrettyJSON.text(token)) }
        Screen.process.result(token.token)
        Screen.process.note("it is not shown again: keep it in a file of mode 600 (--token-file)")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List every token that there was, without its secret.")

    @OptionGroup var place: TokenPlace
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      try await reportingFailures {
        let rows = try await place.keeper().list()
        if json { return Screen.process.result(try PrettyJSON.text(rows)) }
        Screen.process.result(
          rows.isEmpty
            ? "none yet: orchestrator token create NAME --role ROLE"
            : TextTable.tokens(rows, now: WallClock.system.now())
              .rendered(width: Screen.process.width))
      }
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a token: the next request with it is refused.")

    @Argument(help: "The token's name.") var name: String
    @OptionGroup var place: TokenPlace

    func run() async throws {
      try await reportingFailures {
        try await place.keeper().revoke(name)
        Screen.process.result("revoked \(name)")
      }
    }
  }
}

/// Where tokens are kept: with the daemon or, before there is one, in a registry's file.
struct TokenPlace: ParsableArguments {
  @OptionGroup var daemon: DaemonOptions
  @Option(
    help: ArgumentHelp(
      "Write to this registry instead of asking the daemon, which must not run.", valueName: "file")
  )
  var registry: String?

  func keeper() throws -> any TokenKeeper {
    guard let registry else { return RemoteTokens(client: try daemon.client()) }
    let folder = URL(filePath: registry).deletingLastPathComponent()
    // Opened as the daemon does, under its lock: while one runs, this is refused.
    return Desk(
      registry: try Registry.open(registry), clock: .system, settings: DaemonSettings(data: folder))
  }
}

/// Whoever keeps tokens.
protocol TokenKeeper: Sendable {
  func create(_ request: TokenRequest) async throws -> NewToken
  func list() async throws -> [TokenRow]
  func revoke(_ name: String) async throws
}

extension Desk: TokenKeeper {
  func create(_ request: TokenRequest) async throws -> NewToken { try await createToken(request) }
  func list() async throws -> [TokenRow] { try await tokenRows() }
  func revoke(_ name: String) async throws { try await revokeToken(name) }
}

/// The daemon's tokens, by its routes.
struct RemoteTokens: TokenKeeper {
  var client: DaemonClient

  func create(_ request: TokenRequest) async throws -> NewToken {
    try await client.post("/v1/tokens", request)
  }
  func list() async throws -> [TokenRow] { try await client.get("/v1/tokens") }
  func revoke(_ name: String) async throws {
    try await client.data(.delete, "/v1/tokens/\(DaemonClient.escaped(name))")
  }
}

/// A length of time as people write it.
struct Lifetime: ExpressibleByArgument {
  var seconds: Int64

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
      (1...1_000_000_000).contains(count)
    else { return nil }
    seconds = count * unit
  }
}

extension Role: ExpressibleByArgument {}

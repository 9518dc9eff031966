import Foundation
import Wire

extension BadInput {
  private static let look = RawRequest("GET", "/v1/status")

  private static func make(_ body: String) -> Way {
    .request(RawRequest("POST", "/v1/tokens", body: body), as: .admin)
  }

  private static func authorization(_ value: String) -> Way {
    .request(RawRequest("GET", "/v1/status", headers: [("Authorization", value)]), as: nil)
  }

  static let tokens: [BadInput] = [
    BadInput("no token", .request(look, as: nil)),
    BadInput("no token, for a route that there is not", .request(.init("GET", "/v1/x"), as: nil)),
    BadInput("a password instead of a token", authorization("Basic bWU6c2VjcmV0")),
    BadInput("the word Bearer alone", authorization("Bearer")),
    BadInput("another program's token", authorization("Bearer ghp_0123456789abcdef")),
    BadInput("a token in capitals", .tokens { look.with($0.byRole[.read]!.uppercased()) }),
    BadInput("a token cut short", .tokens { look.with(String($0.byRole[.read]!.dropLast(9))) }),
    BadInput(
      "a token with a space in it",
      .tokens {
        look.with($0.byRole[.read]!.prefix(40) + " " + $0.byRole[.read]!.dropFirst(41))
      }),
    BadInput(
      "a token with a digit changed",
      .tokens {
        let token = $0.byRole[.read]!
        return look.with(token.dropLast() + (token.hasSuffix("0") ? "1" : "0"))
      }),
    BadInput("another daemon's token", .tokens { look.with($0.unknown) }),
    BadInput("a token that has expired", .tokens { look.with($0.expired) }),
    BadInput("a token that was revoked", .tokens { look.with($0.revoked) }),
    BadInput("a worker that looks at results", .request(look, as: .worker)),
    BadInput(
      "a reader that asks for a lease", .request(.init("POST", "/v1/leases", body: "{}"), as: .read)
    ),
    BadInput(
      "a reader that submits", .request(.init("POST", "/v1/grids", body: "{}"), as: .read)),
    BadInput(
      "a submitter that makes itself an administrator",
      .request(
        .init("POST", "/v1/tokens", body: #"{"name":"boss","role":"admin"}"#), as: .submit)),
    BadInput("a token whose name is a path", make(#"{"name":"../me","role":"read"}"#)),
    BadInput("a token of a role that there is not", make(#"{"name":"me","role":"root"}"#)),
    BadInput(
      "a token that has expired before it is made",
      make(#"{"name":"me","role":"read","expires_seconds":0}"#)),
    BadInput(
      "a token that outlives its time",
      make(#"{"name":"me","role":"read","expires_seconds":9223372036854775807}"#)),
    BadInput("a second token of a name", make(#"{"name":"read","role":"read"}"#)),
    BadInput(
      "revoking what was never made", .request(.init("DELETE", "/v1/tokens/nobody"), as: .admin)),
  ]
}

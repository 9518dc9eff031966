import Foundation
import Wire

extension BadInput {
  private static func submit(_ body: String) -> Way {
    .request(RawRequest("POST", "/v1/cancel", body: body), as: .submit)
  }

  private static func get(_ path: String) -> Way { .request(RawRequest("GET", path), as: .read) }

  static let requests: [BadInput] = [
    BadInput("a route that there is not", get("/v1/nothing")),
    BadInput("another version of the interface", get("/v2/status")),
    BadInput("a verb that the route has not", .request(.init("PATCH", "/v1/runs"), as: .admin)),
    BadInput("a number that is none", get("/v1/runs/one")),
    BadInput("a number too large for any run", get("/v1/runs/99999999999999999999")),
    BadInput("a run below zero", get("/v1/runs/-1")),
    BadInput("a filter that there is not", get("/v1/runs?colour=red")),
    BadInput("a state that there is not", get("/v1/runs?state=asleep")),
    BadInput("a limit below zero", get("/v1/runs?limit=-5")),
    BadInput(
      "a path of more than 8 KiB", get("/v1/runs?study=" + String(repeating: "x", count: 9000))),
    BadInput("no body", submit("")),
    BadInput("a body that is no JSON", submit("runs: [1]")),
    BadInput("JSON that ends too soon", submit(#"{"runs":[1"#)),
    BadInput("JSON of another kind", submit(#"{"runs":"all"}"#)),
    BadInput("JSON without what is needed", submit(#"{"grid":1}"#)),
    BadInput("JSON a hundred thousand levels deep", submit(String(repeating: "[", count: 100_000))),
    BadInput(
      "a body that is no text",
      .request(.init("POST", "/v1/cancel", data: Data([0xff, 0xfe, 0x00])), as: .submit)),
    BadInput(
      "a compressed body",
      .request(
        .init(
          "POST", "/v1/cancel", headers: [("Content-Encoding", "gzip")],
          data: Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])), as: .submit)),
    BadInput(
      "a body of a byte more than 4 MiB",
      .request(.init("POST", "/v1/cancel", data: Data(count: (4 << 20) + 1)), as: .submit)),
    BadInput("a run that there is not, cancelled", submit(#"{"runs":[7]}"#)),
    BadInput(
      "a header of more than 16 KiB",
      .bytes(Data("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n".utf8))),
    BadInput(
      "a hundred and one headers",
      .bytes(
        Data(
          ("GET / HTTP/1.1\r\n" + (0...100).map { "X-\($0): 1\r\n" }.joined() + "\r\n").utf8))),
    BadInput("a header with a NUL in it", .bytes(Data("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n".utf8))),
    BadInput(
      "a request without an end of line", .bytes(Data("GET /v1/status \0\0\0\r\n\r\n".utf8))),
    BadInput(
      "TLS where the daemon speaks plain HTTP", .bytes(Data([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]))),
    BadInput(
      "a name that was made to lead to this machine",
      .unguarded(.init("GET", "/v1/status", headers: [("Host", "evil.example")]))),
    BadInput(
      "a web page of another site",
      .unguarded(
        .init(
          "POST", "/v1/cancel", headers: [("Origin", "https://evil.example")],
          body: #"{"runs":[]}"#))),
    BadInput(
      "a web page without an address",
      .unguarded(.init("POST", "/v1/cancel", headers: [("Origin", "null")], body: "{}"))),
  ]
}

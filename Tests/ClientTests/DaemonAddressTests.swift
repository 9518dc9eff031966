import Testing

@testable import Client

@Suite("Daemon addresses")
struct DaemonAddressTests {
  @Test("what a person writes is read, and printed as it is used")
  func valid() throws {
    for (text, printed) in [
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
      ("https://head.node/", "https://head.node"),
      ("unix:/run/o.sock", "unix:/run/o.sock"), ("unix:///run/o.sock", "unix:/run/o.sock"),
    ] {
      #expect(try DaemonAddress(text).description == printed)
    }
  }

  @Test(
    "anything else is refused with what would be right",
    arguments: [
      "", "localhost:8080", "ftp://a", "http://", "http://a/b", "http://a b", "unix:x",
      "http://localhost:x@evil.example",
    ])
  func invalid(text: String) {
    let error = #expect(throws: ClientError.invalidAddress(text)) { try DaemonAddress(text) }
    #expect(error?.description.contains("http://HOST:PORT") == true)
  }

  @Test("only this machine's addresses go without a proxy")
  func local() throws {
    for text in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "unix:/a"] {
      #expect(try DaemonAddress(text).isLocal)
    }
    #expect(try !DaemonAddress("http://head.node:1").isLocal)
  }

  @Test(
    "a token crosses the network under TLS alone; names that only begin like loopback are remote")
  func secret() throws {
    for text in ["http://127.0.0.1:1", "http://[::1]:1", "unix:/a", "https://head.node"] {
      #expect(try DaemonAddress(text).isPrivate)
    }
    for text in [
      "http://head.node", "http://localhost.evil.example", "http://127.evil.example:1",
      "http://[::1.evil", "http://10.0.0.1",
    ] {
      #expect(try !DaemonAddress(text).isPrivate, "\(text)")
    }
  }
}

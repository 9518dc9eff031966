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
    arguments: ["", "localhost:8080", "ftp://a", "http://", "http://a/b", "http://a b", "unix:x"])
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
}

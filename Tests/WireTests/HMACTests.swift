import Foundation
import Testing
import Wire

@Suite("Messages are signed as others verify them")
struct HMACTests {
  @Test("the second case of RFC 4231")
  func published() {
    let code = HMAC.sha256(Data("what do ya want for nothing?".utf8), key: Data("Jefe".utf8))
    #expect(
      code.map { String(format: "%02x", $0) }.joined()
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test("an empty key and an empty message have a code, too")
  func empty() {
    #expect(
      HMAC.sha256(Data(), key: Data()).map { String(format: "%02x", $0) }.joined()
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("events are called as people write them", arguments: RegistryEvent.Kind.allCases)
  func names(kind: RegistryEvent.Kind) {
    #expect(RegistryEvent.Kind(name: kind.name) == kind)
    #expect(kind.name.split(separator: ".").count == 2)
  }
}

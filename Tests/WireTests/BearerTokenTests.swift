import Testing
import Wire

@Suite("A token is told from what is none, and shows itself to nobody")
struct BearerTokenTests {
  /// The token of one seed.
  private func token(_ seed: UInt64 = 7) -> BearerToken {
    var dice = Counter(state: seed)
    return BearerToken(from: &dice)
  }

  private struct Counter: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &*= 0x9E37_79B9_7F4A_7C15
      return state
    }
  }

  private func fault(_ text: String) -> TokenFault? {
    do {
      _ = try BearerToken(text)
      return nil
    } catch {
      return error
    }
  }

  @Test("what was made is read again; its digest is of its whole text")
  func roundTrip() throws {
    let token = token()
    #expect(token.secret.utf8.count == 77 && token.secret.hasPrefix("orch_"))
    #expect(try BearerToken(token.secret) == token)
    #expect(token.sha256 == SHA256.hex(of: token.secret))
    var system = SystemRandomNumberGenerator()
    #expect(BearerToken(from: &system) != BearerToken(from: &system))
  }

  @Test("no single character may be changed, left out or doubled")
  func mistyped() {
    let secret = Array(token().secret)
    for place in secret.indices {
      var changed = secret
      changed[place] = changed[place] == "a" ? "b" : "a"
      #expect(fault(String(changed)) != nil, "changed at \(place)")
      var short = secret
      short.remove(at: place)
      #expect(fault(String(short)) != nil, "left out at \(place)")
      #expect(fault(String(secret[...place] + secret[place...])) != nil, "doubled at \(place)")
    }
  }

  @Test("each way to be no token has its own words, which do not repeat the text")
  func faults() {
    let secret = token().secret
    #expect(fault("") == .prefix)
    #expect(fault("ghp_" + secret.dropFirst(5)) == .prefix)
    #expect(fault(String(secret.dropLast())) == .length(76, expected: 77))
    #expect(fault(secret.prefix(76) + "G") == .character)
    #expect(fault(secret.prefix(76) + "\0") == .character)
    let last: Character = secret.last == "0" ? "1" : "0"
    #expect(fault(secret.prefix(76) + String(last)) == .checksum)
    for text in ["hunter2", secret.prefix(76) + "G"] {
      #expect(fault(text).map { !"\($0)".contains(text) } == true)
    }
  }

  @Test("printing, describing and reflecting a token shows its prefix alone")
  func hidden() {
    let token = token()
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), "\([token])", dumped] {
      #expect(!text.contains(token.secret.dropFirst(5).prefix(8)))
    }
  }

  @Test("admin includes every role, submit includes read, worker and read themselves alone")
  func roles() {
    let included: [Role: Set<Role>] = [
      .admin: Set(Role.allCases), .submit: [.submit, .read], .read: [.read], .worker: [.worker],
    ]
    for role in Role.allCases {
      #expect(Set(Role.allCases.filter(role.includes)) == included[role])
    }
  }
}

import NIOCore
import Testing
import Wire

@testable import Orchestrator
@testable import Registry

@Suite("Whoever shows wrong tokens waits, and longer each time")
struct TokenBookTests {
  private let here = RemoteHost(try! SocketAddress(ipAddress: "192.0.2.1", port: 1))
  private let there = RemoteHost(try! SocketAddress(ipAddress: "192.0.2.2", port: 1))

  private func token(_ seed: UInt64) -> BearerToken {
    var dice = Dice(state: seed)
    return BearerToken(from: &dice)
  }

  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &*= 0x9E37_79B9_7F4A_7C15
      return state
    }
  }

  /// A book with one token.
  private func book(_ token: BearerToken, role: Role = .read) -> TokenBook {
    let book = TokenBook()
    let row = TokenRow(name: "me", role: role, createdAt: 0)
    book.replace(with: [StoredToken(id: 1, sha256: token.sha256, row: row)], now: 0)
    return book
  }

  private func refusal(
    _ book: TokenBook, _ token: BearerToken, from host: RemoteHost?, now: Int64
  ) -> APIError? {
    do {
      _ = try book.admit("Bearer \(token.secret)", from: host, now: now)
      return nil
    } catch {
      return error
    }
  }

  @Test("eight wrong ones are free, then the wait doubles from a second to five minutes")
  func doubling() {
    var lockout = Lockout<Int>()
    var now: Int64 = 0
    for _ in 0..<8 { lockout.failed(1, now: now) }
    #expect(lockout.wait(1, now: now) == 0)
    for expected: Int64 in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
      lockout.failed(1, now: now)
      #expect(lockout.wait(1, now: now) == expected * 1000)
      now += expected * 1000
      #expect(lockout.wait(1, now: now) == 0)
    }
    #expect(lockout.wait(2, now: now) == 0)
    // Forgotten after ten quiet minutes.
    now += 600_001
    lockout.failed(1, now: now)
    #expect(lockout.wait(1, now: now) == 0)
  }

  @Test("many addresses do not fill the memory, and the newest is remembered")
  func bounded() {
    var lockout = Lockout<Int>()
    for address in 0..<(Lockout<Int>.capacity + 50) {
      for _ in 0..<9 { lockout.failed(address, now: Int64(address)) }
    }
    let last = Lockout<Int>.capacity + 49
    #expect(lockout.wait(last, now: Int64(last)) == 1000)
    #expect(lockout.wait(0, now: 0) == 0)
  }

  @Test("a locked-out address is told when to come back; a right token and other addresses pass")
  func lockedOut() throws {
    let right = token(1)
    let wrong = token(2)
    let book = book(right)
    for _ in 0..<9 {
      #expect(refusal(book, wrong, from: here, now: 0)?.code == .unauthenticated)
    }
    let refused = try #require(refusal(book, wrong, from: here, now: 100))
    #expect(refused.code == .tooManyRequests && refused.retryAfterSeconds == 1)
    #expect(refusal(book, right, from: here, now: 100) == nil)
    #expect(refusal(book, wrong, from: there, now: 100)?.code == .unauthenticated)
    #expect(refusal(book, wrong, from: here, now: 1000)?.code == .unauthenticated)
    #expect(refusal(book, wrong, from: here, now: 1001)?.retryAfterSeconds == 2)
  }

  @Test("hosts of one IPv6 network are one address, those of two are not")
  func networks() throws {
    func host(_ text: String) throws -> RemoteHost? {
      RemoteHost(try SocketAddress(ipAddress: text, port: 9))
    }
    #expect(try host("2001:db8:1:2::1") == host("2001:db8:1:2:ffff::9"))
    #expect(try host("2001:db8:1:2::1") != host("2001:db8:1:3::1"))
    #expect(try host("192.0.2.1") != host("192.0.2.2"))
  }

  @Test("a token spends two seconds' requests at once and is refilled at its rate")
  func allowance() {
    var allowance = RequestAllowance(rate: 10, now: 0)
    #expect((0..<30).filter { _ in allowance.spend(now: 0) }.count == 20)
    #expect((0..<30).filter { _ in allowance.spend(now: 500) }.count == 5)
    // A clock that goes back gives nothing.
    let isGiven = allowance.spend(now: 0)
    #expect(!isGiven)
    #expect((0..<90).filter { _ in allowance.spend(now: 60_000) }.count == 20)
  }

  @Test("beyond its allowance a token is told to wait a second")
  func spent() throws {
    let token = token(1)
    let book = book(token)
    for _ in 0..<1000 { #expect(refusal(book, token, from: here, now: 0) == nil) }
    let refused = try #require(refusal(book, token, from: here, now: 0))
    #expect(refused.code == .tooManyRequests && refused.retryAfterSeconds == 1)
    #expect(refusal(book, token, from: here, now: 1000) == nil)
  }

  @Test("the use of a token is to be recorded once a minute")
  func uses() throws {
    let token = token(1)
    let book = book(token)
    func unrecorded(_ now: Int64) throws -> Int64? {
      try book.admit("bearer \(token.secret)", from: nil, now: now).unrecorded
    }
    #expect(try unrecorded(100_000) == 1)
    #expect(try unrecorded(159_999) == nil)
    #expect(try unrecorded(160_000) == 1)
  }
}

import Foundation
import Testing
import Wire

@testable import Registry

@Suite("A lease goes out with its spec as it is stored")
struct StoredLeaseTests {
  @Test("the text of a reply reads back as the lease, and as none where there is none")
  func reply() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let wish = LeaseRequest(worker: Ledger.worker, request: "r")
    let stored = try #require(
      try await ledger.registry.grant(wish, now: ledger.tick(), leaseDuration: Ledger.lease))
    let text = try StoredLease.reply(stored)
    let reply = try JSONDecoder().decode(LeaseReply.self, from: Data(text.utf8))
    #expect(reply.lease == (try stored.decoded()))
    #expect(reply.lease?.spec == Ledger.spec(seed: 1))
    // An encoder writes the same object.
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let encoded = try JSONSerialization.jsonObject(with: try encoder.encode(reply)) as? NSDictionary
    let direct = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    #expect(encoded != nil && encoded == direct)
    #expect(
      try JSONDecoder().decode(LeaseReply.self, from: Data(StoredLease.reply(nil).utf8)).lease
        == nil)
  }
}

import Foundation

/// How long an address that shows wrong tokens has to wait: not at all at first, then twice as long
/// with each further one. It spares the daemon and its log; what keeps tokens from being guessed is
/// that they have 256 bits.
struct Lockout<Address: Hashable & Sendable>: Sendable {
  /// Failures without a wait, such as a few workers that still have an old token.
  static var free: Int { 8 }
  /// The longest wait, and how long a failure is remembered; milliseconds.
  static var longest: Int64 { 300_000 }
  /// Addresses remembered at most.
  static var capacity: Int { 10_000 }

  private struct Record {
    var failures: Int
    var last: Int64
    var until: Int64
  }

  private var records: [Address: Record] = [:]

  /// Milliseconds that `address` still has to wait.
  func wait(_ address: Address, now: Int64) -> Int64 {
    max(0, (records[address]?.until ?? 0) - now)
  }

  /// Takes note of a wrong token.
  mutating func failed(_ address: Address, now: Int64) {
    var record = records[address] ?? Record(failures: 0, last: now, until: 0)
    if now - record.last > 2 * Self.longest { record.failures = 0 }
    record.failures += 1
    record.last = now
    let excess = record.failures - Self.free
    if excess > 0 { record.until = now + min(Self.longest, 1000 << min(excess - 1, 20)) }
    if records[address] == nil, records.count >= Self.capacity { makeRoom(now: now) }
    records[address] = record
  }

  /// Forgets what is old, and if nothing is, who failed longest ago.
  private mutating func makeRoom(now: Int64) {
    records = records.filter { now - $0.value.last <= 2 * Self.longest }
    while records.count >= Self.capacity,
      let oldest = records.min(by: { $0.value.last < $1.value.last })
    {
      records.removeValue(forKey: oldest.key)
    }
  }
}

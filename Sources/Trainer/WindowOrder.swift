/// The order in which training windows are seen: in every epoch each window once, in a
/// pseudo-random order that is computed for one position at a time and never stored.
///
/// A four-round Feistel network permutes the smallest power of four that holds all windows; a result
/// outside is put through it again until it falls inside (cycle-walking), which keeps a bijection.
struct WindowOrder {
  let count: Int
  let seed: UInt64
  private let halfBits: UInt64

  /// - Parameters:
  ///   - count: windows in an epoch, at least 1.
  ///   - seed: another seed, another order.
  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
    var bits: UInt64 = 1
    while 1 << (2 * bits) < count { bits += 1 }
    halfBits = bits
  }

  /// The window seen at `position`, counted over all epochs from 0.
  subscript(position: Int) -> Int {
    let key = SplitMix64.mix(seed &+ SplitMix64.mix(UInt64(position / count) &+ 1))
    var word = UInt64(position % count)
    repeat { word = permute(word, key: key) } while word >= UInt64(count)
    return Int(word)
  }

  private func permute(_ word: UInt64, key: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << halfBits) - 1
    var (left, right) = (word >> halfBits, word & mask)
    for round: UInt64 in 0..<4 {
      (left, right) = (right, left ^ SplitMix64.mix(key &+ round << 56 &+ right) & mask)
    }
    return left << halfBits | right
  }
}

/// The generator xoshiro256** 1.0 (Blackman and Vigna, arXiv 1805.01407), seeded by SplitMix64.
struct Xoshiro256: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// From the four words of the state, not all zero.
  init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

  init(seed: UInt64) {
    var source = SplitMix64(state: seed)
    state = (source.next(), source.next(), source.next(), source.next())
  }

  mutating func next() -> UInt64 {
    let result = rotate(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, by: 45)
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}

private func rotate(_ x: UInt64, by bits: UInt64) -> UInt64 { x << bits | x >> (64 - bits) }

/// The generator SplitMix64 (Steele, Lea and Flood 2014): also a good mixing function.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// A bijection of 64-bit words whose output looks random.
  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

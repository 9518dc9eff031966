/// A hash that is the same on every machine and in every release: FNV-1a over 64 bits, its bits
/// then mixed so that any of them may be used.
struct StableHash {
  private var state: UInt64

  init(seed: UInt64 = 0) { state = 0xcbf2_9ce4_8422_2325 ^ Self.mix(seed) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var state = self.state
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.state = state
  }

  var value: UInt64 { Self.mix(state) }

  /// The finaliser of SplitMix64.
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var hash = StableHash(seed: seed)
    hash.update(bytes)
    return hash.value
  }
}

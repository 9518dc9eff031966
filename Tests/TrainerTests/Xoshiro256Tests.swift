import Testing

@testable import Trainer

@Suite("The random generators")
struct Xoshiro256Tests {
  @Test("xoshiro256** gives the reference implementation's numbers")
  func xoshiro() {
    var generator = Xoshiro256(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
      10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
    ]
    #expect(expected.allSatisfy { generator.next() == $0 })
  }

  @Test("SplitMix64 gives the reference implementation's numbers")
  func splitMix() {
    var generator = SplitMix64(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.allSatisfy { generator.next() == $0 })
  }

  @Test("uniform numbers lie in [0, 1) and have a half as their mean")
  func uniform() {
    var generator = Xoshiro256(seed: 1)
    let sample = (0..<10_000).map { _ in generator.uniform() }
    #expect(sample.allSatisfy { 0 <= $0 && $0 < 1 })
    #expect(abs(sample.reduce(0, +) / 10_000 - 0.5) < 0.01)
  }
}

import Testing

@testable import Trainer

@Suite("The order of windows")
struct WindowOrderTests {
  @Test("every epoch has each window once, whatever their number", arguments: [0, 1, 9])
  func permutation(seed: UInt64) {
    for count in Array(1...300) + [1000, 4095, 4096, 4097, 16_385, 65_537] {
      let order = WindowOrder(count: count, seed: seed)
      for epoch in 0..<2 {
        let seen = Set((0..<count).map { order[epoch * count + $0] })
        #expect(seen.count == count && seen.min() == 0 && seen.max() == count - 1, "\(count)")
      }
    }
  }

  @Test(
    "of a corpus that no memory holds, windows do not repeat either",
    arguments: [1 << 31 + 1, 1_000_000_000_039, 1 << 46])
  func huge(count: Int) {
    let order = WindowOrder(count: count, seed: 5)
    // The end of the third epoch and the beginning of the fourth.
    for positions in [3 * count - 20_000..<3 * count, 3 * count..<3 * count + 20_000] {
      let seen = Set(positions.map { order[$0] })
      #expect(seen.count == positions.count)
      #expect(seen.allSatisfy { (0..<count).contains($0) })
      // Spread over all of it: a mean of that many uniform numbers is this near to the middle.
      let mean = seen.reduce(0.0) { $0 + Double($1) / Double(count) } / Double(seen.count)
      #expect(abs(mean - 0.5) < 0.02)
    }
  }

  @Test("epochs and seeds have orders of their own")
  func different() {
    let order = { (seed: UInt64, epoch: Int) in
      (0..<100).map { WindowOrder(count: 100, seed: seed)[epoch * 100 + $0] }
    }
    #expect(order(1, 0) != order(1, 1))
    #expect(order(1, 0) != order(2, 0))
    #expect(order(1, 0) == order(1, 0))
    #expect(order(1, 0) != Array(0..<100))
  }

  @Test("neighbours in the order are not neighbours in the text")
  func spread() {
    let order = WindowOrder(count: 10_000, seed: 4)
    let near = (1..<10_000).count { abs(order[$0] - order[$0 - 1]) < 100 }
    // Two percent of random pairs lie so near.
    #expect((100..<300).contains(near))
  }
}

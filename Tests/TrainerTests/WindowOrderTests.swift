import Testing

@testable import Trainer

@Suite("The order of windows")
struct WindowOrderTests {
  @Test("every epoch has each window once", arguments: [1, 2, 3, 4, 5, 16, 17, 63, 1000, 4097])
  func permutation(count: Int) {
    let order = WindowOrder(count: count, seed: 9)
    for epoch in 0..<3 {
      let seen = (0..<count).map { order[epoch * count + $0] }
      #expect(seen.sorted() == Array(0..<count))
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

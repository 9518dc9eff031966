import Testing

@testable import Registry

@Suite("What waits to be written is served control first, and no lane grows without bound")
struct WriteQueueTests {
  @Test("control goes before metrics, and every fourth place is a metric's")
  func order() {
    var queue = WriteQueue<String>()
    for index in 1...4 {
      let isTaken = queue.append("m\(index)", to: .metrics, events: 0)
      #expect(isTaken)
    }
    for index in 1...8 {
      let isTaken = queue.append("c\(index)", to: .control, events: 0)
      #expect(isTaken)
    }
    let served = (0..<12).compactMap { _ in queue.next() }
    #expect(
      served == ["c1", "c2", "c3", "m1", "c4", "c5", "c6", "m2", "c7", "c8", "m3", "m4"])
    let rest = queue.next()
    #expect(rest == nil)
  }

  @Test("a lane takes what it has room for, one request of any size when it is empty")
  func bounds() {
    var queue = WriteQueue<Int>(capacity: 1000)
    var taken = [
      queue.append(0, to: .metrics, events: 5000), queue.append(1, to: .metrics, events: 0),
    ]
    #expect(taken == [true, false])
    taken = (0...10).map { queue.append($0, to: .control, events: 0) }
    #expect(taken == Array(repeating: true, count: 10) + [false])
    #expect(queue.count == 11)
    while queue.next() != nil {}
    taken = [400, 400, 0].map { queue.append(2, to: .metrics, events: $0) }
    #expect(taken == [true, true, false])
  }

  @Test("nothing is lost or served twice over thousands of requests")
  func long() {
    var queue = WriteQueue<Int>()
    var dice = Dice(state: 4)
    var (next, served) = (0, [Int]())
    while next < 5000 {
      for _ in 0..<Int.random(in: 0...40, using: &dice) {
        let lane: WriteLane = Bool.random(using: &dice) ? .control : .metrics
        if queue.append(next, to: lane, events: 0) { next += 1 }
      }
      for _ in 0..<Int.random(in: 0...40, using: &dice) { queue.next().map { served.append($0) } }
    }
    while let element = queue.next() { served.append(element) }
    #expect(served.sorted() == Array(0..<next))
  }
}

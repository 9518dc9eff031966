import Testing

@testable import Trainer

@Suite("The loads of a router")
struct RouterLoadsTests {
  @Test("add up over steps; an expert is dead when no step used it")
  func sums() {
    var loads = RouterLoads()
    loads.add([[4, 0, 0, 0], [1, 1, 1, 1]])
    loads.add([[0, 4, 0, 0], [1, 1, 1, 1]])
    #expect(loads.deadExperts == 2)
    // The busiest of the first layer has twice the mean, the second layer is even.
    #expect(loads.maxOverMean == 1.5)
  }

  @Test("of a dense model are none")
  func dense() {
    #expect(RouterLoads.maxOverMean([]) == 0)
  }
}

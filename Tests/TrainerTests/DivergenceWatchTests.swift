import Foundation
import Testing

@testable import Trainer

@Suite("The watch for divergence")
struct DivergenceWatchTests {
  @Test("stops after a loss above twice that of guessing, 20 steps in a row")
  func patience() {
    var watch = DivergenceWatch(vocab: 100)
    let high = 2 * log(100) + 0.01
    for _ in 0..<19 { #expect(watch.observe(loss: high, gradientNorm: 1) == nil) }
    #expect(watch.observe(loss: high - 0.02, gradientNorm: 1) == nil)
    for _ in 0..<19 { #expect(watch.observe(loss: high, gradientNorm: 1) == nil) }
    #expect(
      watch.observe(loss: high, gradientNorm: 1)
        == "the loss stood above 2·ln(vocab) = 9.21 for 20 steps")
  }

  @Test("stops at once at what is not a number", arguments: [Double.nan, .infinity])
  func notANumber(value: Double) {
    var watch = DivergenceWatch(vocab: 100)
    #expect(watch.observe(loss: value, gradientNorm: 1) == "the loss is not a number")
    #expect(watch.observe(loss: 1, gradientNorm: value) == "the gradient is not a number")
    #expect(watch.observe(validationLoss: value) == "the validation loss is not a number")
    #expect(watch.observe(validationLoss: 1) == nil)
  }
}

import Foundation
import ScalingLaws
import Testing

@Suite("Akima's spline")
struct AkimaSplineTests {
  @Test("Values follow the rule as computed by hand")
  func byHand() throws {
    // Chords 0 0 1 1: at the corner the plain mean, 1/2; beside it the chord of the straight side.
    let corner = try AkimaSpline(x: [0, 1, 2, 3, 4], y: [0, 0, 0, 1, 2])
    #expect(abs(corner(1.5) - -0.0625) < 1e-14)
    #expect(abs(corner(2.5) - 0.4375) < 1e-14)
    // Chords 1 2 0, extended by 0 before and -2 after: slopes 4/3 at both inner knots.
    let bend = try AkimaSpline(x: [0, 1, 2, 3], y: [0, 1, 3, 3])
    #expect(abs(bend(1.5) - 2) < 1e-14)
    #expect(abs(bend(1.25) - (1 + 1.0 / 3 + 0.125 - 1.0 / 48)) < 1e-14)
  }

  @Test("It passes through its knots, whatever they are")
  func knots() throws {
    var generator = SplitMix64(seed: 3)
    for count in 2..<12 {
      let x = (0..<count).map { Double($0) + 0.8 * generator.uniform() }
      let y = x.map { _ in generator.normal() }
      let spline = try AkimaSpline(x: x, y: y)
      for (a, b) in zip(x, y) { #expect(abs(spline(a) - b) < 1e-12) }
    }
  }

  @Test("A straight line is kept, between knots and beyond them", arguments: [2, 3, 4, 9])
  func lines(count: Int) throws {
    let x = (0..<count).map { pow(1.7, Double($0)) }
    let spline = try AkimaSpline(x: x, y: x.map { 3 - 0.25 * $0 })
    for at in stride(from: -1, through: x[count - 1] + 2, by: 0.37) {
      #expect(abs(spline(at) - (3 - 0.25 * at)) < 1e-9)
    }
  }

  @Test("One knot's value reaches three intervals on either side and no further")
  func local() throws {
    var generator = SplitMix64(seed: 4)
    let x = (0..<16).map(Double.init)
    let y = x.map { _ in generator.normal() }
    var moved = y
    moved[8] += 1
    let (before, after) = (try AkimaSpline(x: x, y: y), try AkimaSpline(x: x, y: moved))
    for at in stride(from: 0, through: 15, by: 0.125) where at <= 5 || at >= 11 {
      #expect(before(at) == after(at))
    }
    #expect([5.5, 10.5].allSatisfy { before($0) != after($0) })
  }

  @Test("Knots that do not rise, are too few or are not finite are refused")
  func refusals() {
    #expect(throws: ScalingLawsError.tooFewPoints(form: "Akima spline", have: 1, need: 2)) {
      try AkimaSpline(x: [1], y: [1])
    }
    #expect(throws: ScalingLawsError.self) { try AkimaSpline(x: [1, 2, 3], y: [1, 2]) }
    #expect(throws: ScalingLawsError.self) { try AkimaSpline(x: [1, 1, 2], y: [1, 2, 3]) }
    #expect(throws: ScalingLawsError.self) { try AkimaSpline(x: [1, 2], y: [1, .infinity]) }
  }
}

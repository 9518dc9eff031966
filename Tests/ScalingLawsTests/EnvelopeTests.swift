import ScalingLaws
import Testing

@Suite("The dense envelope")
struct EnvelopeTests {
  private func run(_ id: Int64, size: Double, loss: Double, budget: Double = 1e12) -> ObservedRun {
    ObservedRun(
      id: id, family: "dense", isDense: true, point: "d\(size)", budget: budget,
      compute: budget * 1.01, flopsPerToken: size, loss: loss, seconds: size, seed: UInt64(id))
  }

  @Test(
    "The best of three sizes is inside, or flagged at the edge where it lies",
    arguments: [
      ([2.4, 2.3, 2.5], SizeSearch.interior), ([2.3, 2.4, 2.5], .atEdge(.smallest)),
      ([2.5, 2.4, 2.3], .atEdge(.largest)),
    ])
  func edges(losses: [Double], search: SizeSearch) throws {
    let runs = zip([64.0, 128, 256], losses).enumerated().map {
      run(Int64($0.offset), size: $0.element.0, loss: $0.element.1)
    }
    let envelope = try Envelope(denseRuns: runs.reversed())
    #expect(envelope.points.count == 1)
    #expect(envelope.points[0].search == search)
    #expect(abs(envelope.points[0].loss - 2.3) < 1e-12)
    #expect(abs(envelope.points[0].compute / 1.01e12 - 1) < 1e-12)
  }

  @Test("Fewer than three sizes are flagged whichever is best")
  func fewSizes() throws {
    let two = try Envelope(denseRuns: [run(1, size: 64, loss: 2.4), run(2, size: 128, loss: 2.3)])
    #expect(two.points[0].search == .fewSizes(tried: 2))
    #expect(two.points[0].warning == .fewSizes(budget: 1e12, tried: 2))
    let one = try Envelope(denseRuns: [run(1, size: 64, loss: 2.4), run(2, size: 64, loss: 2.3)])
    #expect(one.points[0].search == .fewSizes(tried: 1))
    #expect(one.points[0].runs == [1, 2])
  }

  @Test("Seeds are averaged before sizes are compared, so one lucky seed does not win")
  func seedsAreAveraged() throws {
    let envelope = try Envelope(denseRuns: [
      run(1, size: 64, loss: 2.20), run(2, size: 64, loss: 2.60), run(3, size: 128, loss: 2.3),
      run(4, size: 256, loss: 2.5),
    ])
    #expect(envelope.points[0].flopsPerToken == 128)
    #expect(envelope.points[0].runs == [3])
    #expect(abs((envelope.points[0].seconds ?? 0) - 128) < 1e-9)
  }

  @Test("Without dense runs there is no envelope")
  func noRuns() {
    #expect(throws: ScalingLawsError.noDenseRuns) { try Envelope(denseRuns: []) }
  }
}

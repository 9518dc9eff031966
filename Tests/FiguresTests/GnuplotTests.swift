import Foundation
import Testing

@testable import Figures

@Suite("Figures are drawn by gnuplot")
struct GnuplotTests {
  /// EL against A at two budgets.
  static func figure(name: String = "C = 1e12") -> Figure {
    Figure(
      title: "Leverage", subtitle: "two budgets",
      x: Axis(label: "A", scale: .log, ticks: .powersOfTwo, isReversed: true),
      y: Axis(label: "EL"),
      series: [
        Series(
          name: name,
          points: [
            .init(x: 0.5, y: 1, interval: 0.9...1.1), .init(x: 0.125, y: 1.5, isHollow: true),
          ]),
        Series(name: "C = 3e12", points: [.init(x: 0.5, y: 1.2), .init(x: 0.125, y: 2)]),
      ], references: [.init(.horizontal, at: 1, label: "dense")], dodges: true)
  }

  @Test("each format is what its first bytes say")
  func formats() async throws {
    let svg = try await GnuplotRenderer(.svg).render(Self.figure())
    #expect(String(decoding: svg, as: UTF8.self).contains("<svg"))
    let png = try await GnuplotRenderer(.png).render(Self.figure())
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let pdf = try await GnuplotRenderer(.pdf).render(Self.figure())
    #expect(pdf.starts(with: Data("%PDF".utf8)))
    let text = try await GnuplotRenderer(.terminal(columns: 70, rows: 20)).render(Self.figure())
    #expect(String(decoding: text, as: UTF8.self).contains("C = 3e12"))
  }

  @Test(
    "a hostile name is drawn as it is and runs nothing",
    arguments: ["it's", "a\nquit", "100 % \\n {/Bold b} @x", "\"; exit"])
  func hostile(name: String) async throws {
    let svg = try await GnuplotRenderer(.svg).render(Self.figure(name: name))
    let text = String(decoding: svg, as: UTF8.self)
    let visible = name.replacing("\n", with: " ").replacing("'", with: "&#39;")
      .replacing("\"", with: "&quot;")
    #expect(text.contains(visible) || text.contains(name.replacing("\n", with: " ")))
  }

  @Test("ticks of A are fractions")
  func ticks() throws {
    let script = try GnuplotRenderer(.svg).script(for: Self.figure())
    #expect(script.contains("'1/2' 0.5"))
    #expect(script.contains("'1/8' 0.125"))
    #expect(script.contains("set xrange [0.5") || script.contains("set logscale x"))
  }

  @Test("what cannot be drawn is refused before gnuplot is asked")
  func refusals() {
    var empty = Self.figure()
    empty.series = []
    #expect(throws: FigureError.empty(title: "Leverage")) {
      try GnuplotRenderer(.svg).script(for: empty)
    }
    var negative = Self.figure()
    negative.series[0].points[0].x = -1
    #expect(throws: FigureError.self) { try GnuplotRenderer(.svg).script(for: negative) }
  }

  @Test("a missing gnuplot is named with its package")
  func missing() async {
    let error = await #expect(throws: FigureError.self) {
      try await GnuplotRenderer(.svg).render(Self.figure(), path: "/nowhere")
    }
    #expect(error?.description.contains("gnuplot-nox") == true)
  }
}

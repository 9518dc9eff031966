import Foundation
import Testing

@testable import Figures

@Suite("The gnuplot script")
struct GnuplotScriptTests {
  @Test("of a small figure is this text")
  func golden() throws {
    let figure = Figure(
      title: "Dense loss", x: Axis(label: "C", scale: .log, ticks: .scientific, span: 8e10...2e12),
      y: Axis(label: "loss", span: 2...3),
      series: [
        Series(
          name: "seeds", drawing: .markers,
          points: [.init(x: 1e12, y: 2.25, interval: 2.2...2.3), .init(x: 1e11, y: 2.75)]),
        Series(
          name: "law", drawing: [.dashedLine, .band],
          points: [.init(x: 1e11, y: 2.7), .init(x: 1e12, y: 2.3, interval: 2.1...2.5)]),
      ], references: [.init(.vertical, at: 5e11, label: "planned")], naming: .key)
    let script = try GnuplotRenderer(.png).script(for: figure)
    for (line, expected) in zip(
      script.split(separator: "\n"), Self.expected.split(separator: "\n"))
    {
      #expect(line == expected)
    }
    #expect(script == Self.expected)
  }

  private static let expected = #"""
    set terminal pngcairo noenhanced size 1600,1120 font 'Arial,12' fontscale 2 linewidth 2 pointscale 2 rounded background '#ffffff'
    set encoding utf8
    set minussign
    set border 3 linecolor rgb '#666666' linewidth 1
    set grid xtics ytics linetype 1 linecolor rgb '#e6e6e6' linewidth 0.75
    set tics nomirror out scale 0.6 textcolor rgb '#333333'
    set errorbars 0
    set tmargin 5.5
    set bmargin 4
    set label 'Dense loss' at graph 0,1 left offset 0,3.0 font ',17' textcolor rgb '#333333'
    set logscale x
    set xrange [80000000000.0:2000000000000.0]
    set xtics ('10¹¹' 100000000000.0, '2·10¹¹' 200000000000.0, '5·10¹¹' 500000000000.0, '10¹²' 1000000000000.0, '2·10¹²' 2000000000000.0)
    set xlabel 'C' textcolor rgb '#333333'
    set yrange [2.0:3.0]
    set ytics ('2' 2.0, '2.2' 2.2, '2.4' 2.4000000000000004, '2.6' 2.6, '2.8' 2.8000000000000003, '3' 3.0)
    set ylabel 'loss' textcolor rgb '#333333'
    set arrow from first 500000000000.0, graph 0 to first 500000000000.0, graph 1 nohead back dashtype (12,8) linecolor rgb '#666666'
    set label 'planned' at first 500000000000.0, graph 0.97 left offset 0.6,0 textcolor rgb '#666666'
    set key at graph 0,1 left bottom Left reverse horizontal samplen 1.6 textcolor rgb '#333333'
    $series0 << END
    100000000000.0 2.75 2.75 2.75
    1000000000000.0 2.25 2.2 2.3
    END
    $filled0 << END
    100000000000.0 2.75 2.75 2.75
    1000000000000.0 2.25 2.2 2.3
    END
    $series1 << END
    100000000000.0 2.7 2.7 2.7
    1000000000000.0 2.3 2.1 2.5
    END
    plot $series1 using 1:3:4 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.15 noborder notitle, \
      $series1 using 1:2 with lines linecolor rgb '#d55e00' linewidth 1.8 dashtype (6,4) title 'law', \
      $filled0 using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.9 linecolor rgb '#0072b2' linewidth 1.2 title 'seeds'

    """#

  @Test("runs no command that a title, label or name holds, in any format")
  func injection() async throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "injection-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let touch = "touch \(folder.path)/touched"
    let hostile = [
      "`\(touch)`", "'; system('\(touch)'); '", "\"; !\(touch)", "\n!\(touch)\n",
      "\u{2028}!\(touch)",
      "@{\(touch)}", "\\'`\(touch)`", "END\n!\(touch)", "%s %d",
    ]
    for text in hostile {
      let figure = Figure(
        title: text, subtitle: text, x: Axis(label: text), y: Axis(label: text),
        series: [
          Series(name: text, points: [.init(x: 1, y: 1), .init(x: 2, y: 2)]),
          Series(name: "other", points: [.init(x: 1, y: 2)]),
        ], references: [.init(.horizontal, at: 1.5, label: text)])
      for naming in [Figure.Naming.direct, .key] {
        var named = figure
        named.naming = naming
        _ = try await GnuplotRenderer(.svg).render(named)
      }
    }
    #expect(try files.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("draws a single point, equal points, and a reference beyond the data")
  func degenerate() async throws {
    for points in [
      [Series.Point(x: 1, y: 1)], [.init(x: 3, y: 2), .init(x: 3, y: 2, isHollow: true)],
    ] {
      for scale in [Axis.Scale.linear, .log] {
        for ticks in [Axis.TickFormat.decimal, .scientific, .powersOfTwo] {
          let figure = Figure(
            title: "", x: Axis(label: "", scale: scale, ticks: ticks),
            y: Axis(label: "", scale: scale, isReversed: true),
            series: [Series(name: "only", points: points)],
            references: [.init(.horizontal, at: 100), .init(.vertical, at: 0.01)])
          let picture = try await GnuplotRenderer(.terminal(columns: 60, rows: 16)).render(figure)
          #expect(!picture.isEmpty)
        }
      }
    }
  }
}

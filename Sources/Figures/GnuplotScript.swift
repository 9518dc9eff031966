/// A script as it is written, statement by statement.
struct GnuplotScript {
  let figure: Figure
  let output: GnuplotRenderer.Output
  private(set) var text = ""

  init(figure: Figure, output: GnuplotRenderer.Output) {
    self.figure = figure
    self.output = output
  }

  /// Ink of text and of the frame.
  static let ink = "#333333"
  static let quiet = "#666666"
  static let grid = "#e6e6e6"

  mutating func line(_ statement: String) { text += statement + "\n" }

  /// Text of the figure as a string expression. In single quotes gnuplot expands nothing; the quote
  /// itself is joined on from a double-quoted string, because gnuplot's own escape, the doubled quote,
  /// fails at the start of a text. Control characters, which could end the line, become spaces.
  static func quoted(_ text: String) -> String {
    let plain = text.unicodeScalars.map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: Character(scalar)
      }
    }
    let pieces = plain.split(separator: "'", omittingEmptySubsequences: false)
    return pieces.map { "'" + String($0) + "'" }.joined(separator: ".\"'\".")
  }

  /// A number, in the shortest form that reads back as the same.
  static func number(_ value: Double) -> String { "\(value)" }

  /// The colour of a series' name.
  func colour(of name: String) -> String {
    let names = figure.names
    return figure.palette.colour(names.firstIndex(of: name) ?? 0, of: names.count).hex
  }

  mutating func writeTerminal() {
    line("set terminal \(output.terminal)")
    line("set encoding utf8")
    line("set minussign")
  }

  mutating func writeAxes() {
    if output.isText {
      line("set title \(Self.quoted(figure.title))")
    } else {
      line("set border 3 linecolor rgb '\(Self.quiet)' linewidth 1")
      line("set grid xtics ytics linetype 1 linecolor rgb '\(Self.grid)' linewidth 0.75")
      line("set tics nomirror out scale 0.6 textcolor rgb '\(Self.ink)'")
      line("set errorbars 0")
      let top = figure.subtitle.isEmpty ? 4 : 5.5
      let isKeyed = figure.naming == .key && figure.names.count > 1
      line("set tmargin \(isKeyed ? top + 1.5 : top)")
      line("set bmargin 4")
      writeHeading(height: isKeyed ? 1.5 : 0)
    }
    write(figure.x, span: figure.xSpan, letter: "x")
    write(figure.y, span: figure.ySpan, letter: "y")
  }

  /// Title and subtitle, flush with the plot's left edge, above the key if there is one.
  private mutating func writeHeading(height: Double) {
    let first = figure.subtitle.isEmpty ? 1.5 : 2.9
    line(
      "set label \(Self.quoted(figure.title)) at graph 0,1 left offset 0,\(first + height) "
        + "font ',17' textcolor rgb '\(Self.ink)'")
    guard !figure.subtitle.isEmpty else { return }
    line(
      "set label \(Self.quoted(figure.subtitle)) at graph 0,1 left offset 0,\(1.3 + height) "
        + "textcolor rgb '\(Self.quiet)'")
  }

  private mutating func write(_ axis: Axis, span: ClosedRange<Double>, letter: String) {
    let ends =
      axis.isReversed ? [span.upperBound, span.lowerBound] : [span.lowerBound, span.upperBound]
    if axis.scale == .log { line("set logscale \(letter)") }
    line("set \(letter)range [\(ends.map(Self.number).joined(separator: ":"))]")
    // A tick's text is a format to gnuplot, so a percent sign in it is doubled.
    let ticks = axis.ticks(in: span).map { tick in
      "\(Self.quoted(tick.label.replacing("%", with: "%%"))) \(Self.number(tick.value))"
    }
    line("set \(letter)tics (\(ticks.joined(separator: ", ")))")
    let colour = output.isText ? "" : " textcolor rgb '\(Self.ink)'"
    line("set \(letter)label \(Self.quoted(axis.label))\(colour)")
  }

  mutating func writeReferences() {
    for reference in figure.references {
      let value = Self.number(reference.value)
      let style =
        output.isText ? "nohead" : "nohead back dashtype (12,8) linecolor rgb '\(Self.quiet)'"
      let colour = output.isText ? "" : " textcolor rgb '\(Self.quiet)'"
      switch reference.direction {
      case .horizontal:
        line("set arrow from graph 0, first \(value) to graph 1, first \(value) \(style)")
        guard !reference.label.isEmpty else { continue }
        line(
          "set label \(Self.quoted(reference.label)) at graph 0.99, first \(value) right "
            + "offset 0,0.6\(colour)")
      case .vertical:
        line("set arrow from first \(value), graph 0 to first \(value), graph 1 \(style)")
        guard !reference.label.isEmpty else { continue }
        line(
          "set label \(Self.quoted(reference.label)) at first \(value), graph 0.97 left "
            + "offset 0.6,0\(colour)")
      }
    }
  }

  /// The names: beside the lines' ends, or as a key; characters always have a key.
  mutating func writeNames() {
    guard figure.naming == .direct, !output.isText else {
      line(
        output.isText
          ? "set key top left Left reverse"
          : "set key at graph 0,1 left bottom Left reverse horizontal samplen 1.6 "
            + "textcolor rgb '\(Self.ink)'")
      return
    }
    line("set key off")
    let longest = figure.names.map(\.count).max() ?? 0
    line("set rmargin \(Double(longest) * 1.05 + 3)")
    for label in figure.nameLabels(gap: 0.055) {
      line(
        "set label \(Self.quoted(label.name)) at graph 1.015, graph \(Self.number(label.height)) left "
          + "textcolor rgb '\(colour(of: label.name))'")
    }
  }
}

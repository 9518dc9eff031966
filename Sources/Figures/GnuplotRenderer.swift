/// Draws figures with gnuplot 5.
public struct GnuplotRenderer: Hashable, Sendable {
  /// What is produced.
  public enum Output: Hashable, Sendable {
    case svg
    case png
    case pdf
    /// Characters, for a terminal of that size.
    case terminal(columns: Int, rows: Int)
  }

  public var output: Output

  public init(_ output: Output) { self.output = output }

  /// The script, which prints the picture to standard output.
  ///
  /// Text of the figure stands in single quotes, where gnuplot runs nothing and expands nothing, and
  /// the terminals' markup is off: it appears as it is.
  ///
  /// - Throws: `FigureError.empty`, `.unshowable`.
  public func script(for figure: Figure) throws(FigureError) -> String {
    try figure.validate()
    var script = GnuplotScript(figure: figure, output: output)
    script.writeTerminal()
    script.writeAxes()
    script.writeReferences()
    script.writeNames()
    script.writeData()
    script.writePlot()
    return script.text
  }
}

extension GnuplotRenderer.Output {
  /// Whether the picture is made of characters.
  var isText: Bool {
    if case .terminal = self { true } else { false }
  }

  /// The `set terminal` arguments. Every size is 8 × 5.6 inches at its own resolution, and fonts are
  /// families that each system substitutes for if it lacks them.
  var terminal: String {
    switch self {
    case .svg:
      "svg noenhanced size 800,560 dynamic rounded font 'Helvetica Neue,Arial,sans-serif' "
        + "fontscale 1.15 background '#ffffff'"
    case .png:
      "pngcairo noenhanced size 1600,1120 font 'Arial,12' fontscale 2 linewidth 2 "
        + "pointscale 2 rounded background '#ffffff'"
    case .pdf:
      "pdfcairo noenhanced size 8in,5.6in font 'Arial,12' fontscale 1 rounded "
        + "background '#ffffff'"
    case .terminal(let columns, let rows):
      "dumb noenhanced size \(columns),\(rows) mono"
    }
  }
}

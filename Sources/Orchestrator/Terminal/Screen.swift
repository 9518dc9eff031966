import Foundation

/// Where a command's words go: results to standard output, progress and complaints to standard error.
struct Screen: Sendable {
  /// Whether standard error is a terminal, where a line may be drawn again.
  let isInteractive: Bool
  /// Columns of standard output; none when it is no terminal, so that nothing is cut.
  let width: Int?

  /// The screen of this process.
  static let process = Screen(
    isInteractive: isatty(STDERR_FILENO) == 1, width: Self.columns(of: STDOUT_FILENO))

  /// Prints a result.
  func result(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  /// Prints a line about progress that stays.
  func note(_ text: String) {
    FileHandle.standardError.write(Data(((isInteractive ? "\r\u{1B}[K" : "") + text + "\n").utf8))
  }

  /// Draws the line of progress over the last one; nothing where lines cannot be drawn over.
  func progress(_ text: String) {
    guard isInteractive else { return }
    let columns = Self.columns(of: STDERR_FILENO) ?? 80
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text.prefix(columns - 1))".utf8))
  }

  /// Removes the line of progress.
  func clearProgress() {
    guard isInteractive else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  /// Empties the terminal that results go to.
  func clear() { FileHandle.standardOutput.write(Data("\u{1B}[H\u{1B}[2J".utf8)) }

  /// A bar of `cells` characters.
  static func bar(_ fraction: Double, cells: Int = 24) -> String {
    let full = Int((min(max(fraction, 0), 1) * Double(cells)).rounded())
    return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
  }

  private static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

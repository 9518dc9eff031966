import Foundation

extension Double {
  /// Three significant digits, as `3e11` or `1.07`, for texts that people read.
  var readable: String {
    String(format: "%.3g", self).replacing("e+", with: "e").replacing("e0", with: "e")
  }
}

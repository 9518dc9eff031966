import Conformance

extension [Finding] {
  /// A line a check, what to mend below those that failed, and the sum.
  var rendered: String {
    let width = map(\.promise.rawValue.count).max() ?? 0
    var lines: [String] = []
    for finding in self {
      let name = finding.promise.rawValue.replacing("_", with: "-")
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("\(finding.verdict.mark)  \(name)\(padding)  \(finding.promise.title)")
      lines.append("\(Self.indent)\(finding.why)")
      if finding.verdict == .failed { lines.append("\(Self.indent)mend: \(finding.promise.remedy)") }
    }
    let counts = [Finding.Verdict.passed, .failed, .skipped].map { verdict in
      "\(count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return (lines + [counts.joined(separator: ", ")]).joined(separator: "\n")
  }

  private static let indent = "         "
}

extension Finding.Verdict {
  fileprivate var mark: String {
    switch self {
    case .passed: "pass   "
    case .failed: "FAIL   "
    case .skipped: "-      "
    }
  }
}

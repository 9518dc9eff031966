import Foundation

/// The checkout as text: what the tests of its structure look at.
struct SourceTree {
  struct File {
    /// Relative to the checkout, as `Sources/Wire/Report.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The modules that it imports.
    var imports: Set<String> {
      Set(
        lines.compactMap { line in
          var words = line.split(separator: " ")
          while let first = words.first, first.hasPrefix("@") || first == "public" {
            words.removeFirst()
          }
          guard words.first == "import", words.count >= 2 else { return nil }
          return String(words.last!.split(separator: ".")[0])
        })
    }
  }

  let root: URL

  /// The checkout that this file stands in.
  init(file: String = #filePath) {
    root = URL(filePath: file)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Every file below `folder` whose name ends in one of `extensions`.
  func files(in folder: String, extensions: Set<String> = ["swift"]) throws -> [File] {
    let base = root.appending(path: folder)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return try paths.sorted().filter { extensions.contains(URL(filePath: $0).pathExtension) }.map {
      File(
        path: "\(folder)/\($0)",
        text: try String(contentsOf: base.appending(path: $0), encoding: .utf8))
    }
  }

  /// The folders directly below `folder`.
  func folders(in folder: String) throws -> [String] {
    let base = root.appending(path: folder)
    return try FileManager.default.contentsOfDirectory(
      at: base, includingPropertiesForKeys: [.isDirectoryKey]
    )
    .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
    .map(\.lastPathComponent).sorted()
  }
}

import Foundation
import Glibc
import Wire

extension RunFolder {
  /// The folder at `url` as this machine sees it. Its identity is a file in it, made by whoever comes
  /// first: the same folder has it under every path and on every node.
  init(at url: URL, isShared: Bool, host: String) throws {
    self.init(
      id: try Self.identity(in: url), node: Self.node(host: host), isShared: isShared)
  }

  /// The machine: its name, and the number that its installation has. Copies of a machine's image
  /// have different names, a machine that was renamed is another one here.
  private static func node(host: String) -> String {
    let number = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
    return "\(host)/\(number.trimmingCharacters(in: .whitespacesAndNewlines))"
  }

  private static func identity(in folder: URL) throws -> String {
    let file = folder.appending(path: ".folder-id")
    let draft = folder.appending(path: ".folder-id.\(UUID().uuidString)")
    if !FileManager.default.fileExists(atPath: file.path) {
      try Data("\(UUID().uuidString)\n".utf8).write(to: draft)
      defer { unlink(draft.path) }
      // A link is made whole or not at all, by one of those that try.
      guard link(draft.path, file.path) == 0 || errno == EEXIST else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    }
    return try String(contentsOf: file, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

import Foundation

/// What /proc says of the processes that work below a folder.
enum ProcessTable {
  struct Entry {
    var id: pid_t
    var parent: pid_t
    /// Its command line.
    var words: [String]
  }

  /// Every process whose working directory is `folder` or below it, zombies left out.
  static func processes(in folder: URL) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.compactMap { entry($0, in: folder) }
  }

  private static func entry(_ id: pid_t, in folder: URL) -> Entry? {
    // A process may go at any moment between these.
    guard
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd"),
      place == folder.path || place.hasPrefix(folder.path + "/"),
      let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline"), !line.isEmpty,
      let status = FileManager.default.contents(atPath: "/proc/\(id)/stat")
    else { return nil }
    // The name in parentheses may hold spaces; state and parent are the first and second after it.
    let fields = String(decoding: status, as: UTF8.self).split(separator: ")").last?
      .split(separator: " ")
    guard let fields, fields.count > 1, fields[0] != "Z", let parent = pid_t(fields[1]) else {
      return nil
    }
    let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return Entry(id: id, parent: parent, words: words)
  }
}

import Foundation
import Glibc

/// The processes of this machine, as the kernel lists them.
enum ProcessTable {
  /// A live process by number and program name.
  struct Entry: Hashable {
    var pid: Int32
    var name: String
  }

  /// Those in the process group `group`, its leader aside, and those anywhere whose environment has
  /// `variable`, written `NAME=VALUE`. Zombies do not count.
  static func members(group: Int32, or variable: String) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.sorted().compactMap { pid in
      guard let stat = Stat(pid), !stat.isZombie, pid != group else { return nil }
      guard stat.group == group || environment(of: pid).contains(Substring(variable)) else {
        return nil
      }
      return Entry(pid: pid, name: stat.name)
    }
  }

  private static func environment(of pid: Int32) -> Set<Substring> {
    // Of another user's process it cannot be read, and none of those was started here.
    let data = (try? Data(contentsOf: URL(filePath: "/proc/\(pid)/environ"))) ?? Data()
    return Set(String(decoding: data, as: UTF8.self).split(separator: "\0"))
  }

  /// `/proc/PID/stat`: number, name in parentheses, state, parent, group, and more.
  private struct Stat {
    var name: String
    var isZombie: Bool
    var group: Int32

    init?(_ pid: Int32) {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[close...].dropFirst(2).split(separator: " ")
      guard fields.count > 2, let group = Int32(fields[2]) else { return nil }
      name = String(text[text.index(after: open)..<close])
      isZombie = fields[0] == "Z" || fields[0] == "X"
      self.group = group
    }
  }
}

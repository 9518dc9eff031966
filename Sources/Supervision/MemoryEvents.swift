import Foundation

/// What the kernel's memory killer did in this process's control group.
enum MemoryEvents {
  /// How the log of a trainer that may have been its victim ends.
  static let words = "the kernel ended a process here for want of memory"

  /// How often it killed; 0 where the kernel does not say.
  static func kills() -> Int {
    guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
      let group = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::") }),
      let events = try? String(
        contentsOfFile: "/sys/fs/cgroup\(group.dropFirst(3))/memory.events", encoding: .utf8)
    else { return 0 }
    return events.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
      .flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
  }
}

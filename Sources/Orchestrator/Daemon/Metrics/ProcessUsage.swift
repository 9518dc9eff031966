import Foundation

/// What the system says of this process.
struct ProcessUsage {
  /// User and system time, seconds.
  var cpuSeconds: Double
  var residentBytes: Int?
  var openFiles: Int?
  /// Since 1970, seconds.
  var startTime: Double?

  /// As it is now.
  static func current() -> ProcessUsage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let pages = words(of: "/proc/self/statm").dropFirst().first.flatMap { Int($0) }
    let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    return ProcessUsage(
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      residentBytes: pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }, openFiles: files,
      startTime: startTime())
  }

  /// The names are those of Prometheus's own client libraries.
  var families: [MetricFamily] {
    var families = [
      MetricFamily(
        "process_cpu_seconds_total", .counter, "CPU time of the daemon, user and system.",
        cpuSeconds)
    ]
    if let residentBytes {
      families.append(
        MetricFamily(
          "process_resident_memory_bytes", .gauge, "Memory that the daemon holds.",
          Double(residentBytes)))
    }
    if let openFiles {
      families.append(
        MetricFamily(
          "process_open_fds", .gauge, "Files and connections that are open.", Double(openFiles)))
    }
    if let startTime {
      families.append(
        MetricFamily(
          "process_start_time_seconds", .gauge, "When the daemon started, since 1970.", startTime))
    }
    return families
  }

  /// The start in clock ticks since the machine's boot, and that in seconds since 1970.
  private static func startTime() -> Double? {
    // The program's name, in parentheses, may hold spaces.
    let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let boot = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("btime ") }?.split(separator: " ").last
    guard fields.count > 19, let ticks = Double(fields[19]), let boot = boot.flatMap({ Double($0) })
    else { return nil }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func words(of path: String) -> [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ")
  }
}

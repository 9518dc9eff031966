import Foundation

/// What the machine has, as far as it says so.
enum Machine {
  /// Bytes of memory: of this control group where that is limited, else of the machine.
  static func memory() -> Int? {
    let total = text("/proc/meminfo").flatMap { text in
      text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    }.flatMap { line in line.split(separator: " ").compactMap { Int($0) }.first }.map { $0 * 1024 }
    let limit = text("/sys/fs/cgroup/memory.max")
      .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return [total, limit].compactMap { $0 }.min()
  }

  /// The type of each GPU that nvidia-smi lists; none without it.
  static func gpus() -> [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let program = path.split(separator: ":").map { "\($0)/nvidia-smi" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let program else { return [] }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = ["--query-gpu=name", "--format=csv,noheader"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return [] }
    let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map { type(of: String($0)) }
  }

  /// The short name of a GPU: `h100` of `NVIDIA H100 80GB HBM3`, `rtx4090` of
  /// `NVIDIA GeForce RTX 4090`.
  static func type(of name: String) -> String {
    let makers = ["nvidia", "geforce", "tesla", "quadro"]
    let words = name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
      .filter { !makers.contains($0) }
    guard let first = words.first else { return "gpu" }
    let isSeries = !first.contains(where: \.isNumber) && words.count > 1
    return isSeries ? first + words[1] : first
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}

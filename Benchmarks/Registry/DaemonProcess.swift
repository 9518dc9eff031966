import Foundation

/// `orchestrator serve` on a free port of loopback, fitting nothing.
final class DaemonProcess {
  private let process = Process()
  let port: UInt16

  /// Starts it and returns once it serves.
  init(_ program: URL, registry: URL, folder: URL, lease: Int) throws {
    let notes = Pipe()
    process.executableURL = program
    process.arguments = [
      "serve", "--port", "0", "--no-fits", "--lease", "\(lease)", "--data", folder.path,
      "--registry", registry.path,
    ]
    process.standardError = notes
    process.standardOutput = notes
    try process.run()
    var text = ""
    while !text.contains("127.0.0.1:") || !text.hasSuffix("\n") {
      let bytes = notes.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw CocoaError(.executableLoad) }
      text += String(decoding: bytes, as: UTF8.self)
    }
    let digits = text.split(separator: "127.0.0.1:").last!.prefix(while: \.isNumber)
    port = UInt16(digits)!
    notes.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
  }

  /// Seconds of processor time that it has had.
  var processorSeconds: Double {
    let text =
      (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8))
      ?? ""
    // The name in parentheses may hold spaces; user and system ticks are the 12th and 13th after it.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return .nan
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The most memory that it has had, MiB.
  var peakMemory: Double {
    let text =
      (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8))
      ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return (Double(line.filter(\.isNumber)) ?? .nan) / 1024
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}

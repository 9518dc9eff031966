import Foundation

/// A program of the system that does what it does best: fetch, unpack, export.
struct ExternalProgram {
  let url: URL

  /// Looks `name` up in `PATH`. Throws ``CorpusError/toolMissing(_:package:)``, naming the Debian
  /// package that has it.
  init(_ name: String, package: String) throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates = path.split(separator: ":").map { "\($0)/\(name)" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw CorpusError.toolMissing(name, package: package)
    }
    url = URL(fileURLWithPath: found)
  }

  var name: String { url.lastPathComponent }

  private func process(_ arguments: [String], in folder: URL?, environment: [String: String])
    -> Process
  {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Messages are read by this program, so they come in one language.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LC_ALL": "C.UTF-8"]) { $1 }
      .merging(environment) { $1 }
    return process
  }

  /// Runs the program to its end and returns its standard output. `scratch` is a folder for its
  /// messages. Throws ``CorpusError/toolFailed(_:status:message:)``.
  @discardableResult
  func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:],
    input: URL? = nil, scratch: URL
  ) throws -> Data {
    let messages = try MessageFile(in: scratch)
    defer { messages.remove() }
    let output = Pipe()
    let process = process(arguments, in: folder, environment: environment)
    process.standardOutput = output
    process.standardError = messages.handle
    process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? .nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try messages.check(process, name: name)
    return data
  }

  /// Runs the program with its standard output going to `next`'s standard input. Throws
  /// ``CorpusError/toolFailed(_:status:message:)`` for the first of them that fails.
  func run(
    _ arguments: [String], into next: ExternalProgram, _ nextArguments: [String], scratch: URL
  ) throws {
    let messages = try MessageFile(in: scratch)
    let nextMessages = try MessageFile(in: scratch)
    defer {
      messages.remove()
      nextMessages.remove()
    }
    let pipe = Pipe()
    let producer = process(arguments, in: nil, environment: [:])
    producer.standardOutput = pipe
    producer.standardError = messages.handle
    producer.standardInput = FileHandle.nullDevice
    let consumer = next.process(nextArguments, in: nil, environment: [:])
    consumer.standardInput = pipe
    consumer.standardOutput = FileHandle.nullDevice
    consumer.standardError = nextMessages.handle
    try consumer.run()
    try producer.run()
    producer.waitUntilExit()
    consumer.waitUntilExit()
    try nextMessages.check(consumer, name: next.name)
    try messages.check(producer, name: name)
  }
}

/// Where a program's standard error goes: a file cannot fill up and block it as a pipe can.
private struct MessageFile {
  let url: URL
  let handle: FileHandle

  init(in folder: URL) throws {
    url = folder.appendingPathComponent("messages-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CorpusError.unreadable(url, reason: "cannot create it")
    }
    handle = try FileHandle(forWritingTo: url)
  }

  func check(_ process: Process, name: String) throws {
    guard process.terminationStatus != 0 else { return }
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    throw CorpusError.toolFailed(
      name, status: process.terminationStatus,
      message: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  func remove() {
    try? handle.close()
    try? FileManager.default.removeItem(at: url)
  }
}

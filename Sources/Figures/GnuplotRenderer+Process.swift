public import Foundation

extension GnuplotRenderer {
  /// Draws the figure and returns the picture.
  ///
  /// - Parameter path: directories in which gnuplot is looked for, as in `PATH`.
  /// - Throws: `FigureError`; a Foundation error when the temporary folder cannot be written.
  public func render(
    _ figure: Figure, path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) async throws -> Data {
    let script = try script(for: figure)
    let executable = try Self.executable(in: path)
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "figure-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let source = folder.appending(path: "figure.gp")
    // Files rather than pipes: neither side can block on a full one.
    let picture = folder.appending(path: "picture")
    let complaints = folder.appending(path: "complaints")
    try Data(script.utf8).write(to: source)
    try Data().write(to: picture)
    try Data().write(to: complaints)
    let status = try await Self.run(
      executable, [source.path], output: FileHandle(forWritingTo: picture),
      errors: FileHandle(forWritingTo: complaints))
    guard status == 0 else {
      let message = String(decoding: try Data(contentsOf: complaints), as: UTF8.self)
      throw FigureError.gnuplotFailed(
        status: status, message: message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return try Data(contentsOf: picture)
  }

  /// Draws the figure into a file, which appears whole or not at all.
  ///
  /// - Throws: as `render(_:path:)`, and a Foundation error when the file cannot be written.
  public func render(
    _ figure: Figure, to file: URL,
    path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) async throws {
    try await render(figure, path: path).write(to: file, options: .atomic)
  }

  private static func executable(in path: String) throws(FigureError) -> URL {
    let candidates = path.split(separator: ":").map { String($0) + "/gnuplot" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw .gnuplotNotFound(path: path)
    }
    return URL(filePath: found)
  }

  private static func run(
    _ executable: URL, _ arguments: [String], output: FileHandle, errors: FileHandle
  ) async throws -> Int32 {
    let process = Process()
    process.executableURL = executable
    // -d: the user's own gnuplot settings stay out of the picture.
    process.arguments = ["-d"] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    return try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(
          throwing: FigureError.gnuplotNotStarted(
            executable: executable.path, reason: error.localizedDescription))
      }
    }
  }
}

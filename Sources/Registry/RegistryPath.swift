import Foundation

/// The one path of a registry's file, so that two ways to it meet at one lock and one log.
enum RegistryPath {
  /// `path` without links, whether or not the file is there yet.
  ///
  /// Throws `.cannotOpen` for a folder that is not there, for links in a circle, and for a file with
  /// a second name: SQLite would give each name a log of its own.
  static func canonical(_ path: String) throws -> String {
    var path = path
    // As many links as the kernel follows.
    for _ in 0..<40 {
      if let real = real(path) {
        var status = stat()
        guard stat(real, &status) == 0, status.st_nlink <= 1 || status.st_mode & S_IFMT != S_IFREG
        else {
          throw RegistryError.cannotOpen(
            path: path, reason: "the file has \(status.st_nlink) names (hard links)")
        }
        return real
      }
      let url = URL(filePath: path)
      let folder = url.deletingLastPathComponent().path
      guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        guard let folder = real(folder) else {
          throw RegistryError.cannotOpen(path: path, reason: "there is no folder \(folder)")
        }
        return folder + "/" + url.lastPathComponent
      }
      path = link.hasPrefix("/") ? link : folder + "/" + link
    }
    throw RegistryError.cannotOpen(path: path, reason: "its links lead in a circle")
  }

  private static func real(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }
}

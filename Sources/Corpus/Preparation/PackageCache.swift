import Foundation
import Wire

/// Debian package files, downloaded once and kept: `DATA/cache/debian/`. Nothing is installed and
/// no rights are needed.
struct PackageCache {
  /// A package file, complete.
  struct Package {
    let name: String
    let version: String
    let file: URL
  }

  let folder: URL

  init(dataFolder: URL) {
    folder = dataFolder.appendingPathComponent("cache/debian", isDirectory: true)
  }

  /// The file of `name`, if it is here. Of several versions, the one downloaded last.
  func package(_ name: String) throws -> Package? {
    guard FileManager.default.fileExists(atPath: folder.path) else { return nil }
    // By path: listing by URL does not follow a folder that is a link.
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .map(folder.appendingPathComponent)
    let versions = files.compactMap { file -> (package: Package, date: Date)? in
      // name_version_architecture.deb, a colon in the version being written %3a.
      let parts = file.deletingPathExtension().lastPathComponent.split(separator: "_")
      guard file.pathExtension == "deb", parts.count == 3, parts[0] == name else { return nil }
      let date = try? file.resourceValues(forKeys: [.contentModificationDateKey])
        .contentModificationDate
      let version = parts[1].replacingOccurrences(of: "%3a", with: ":")
      return (Package(name: name, version: version, file: file), date ?? .distantPast)
    }
    return versions.max { ($0.date, $0.package.version) < ($1.date, $1.package.version) }?.package
  }

  /// Downloads those of `names` that are not here, a few at a time. Files appear under their final
  /// name only when complete. Throws ``CorpusError/toolMissing(_:package:)``,
  /// ``CorpusError/packageListsEmpty(package:message:)`` or
  /// ``CorpusError/downloadFailed(package:message:)``.
  func fetch(_ names: [String], progress: (_ done: Int, _ bytes: Int) throws -> Void) throws
    -> [Package]
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let missing = try names.filter { try package($0) == nil }
    if !missing.isEmpty {
      let apt = try ExternalProgram("apt-get", package: "apt")
      var lists = PackageLists.system
      for start in stride(from: 0, to: missing.count, by: 3) {
        let batch = Array(missing[start..<min(start + 3, missing.count)])
        try progress(names.count - missing.count + start, try bytes(of: names))
        try download(batch, with: apt, lists: &lists)
      }
    }
    try progress(names.count, try bytes(of: names))
    return try names.map { name in
      guard let package = try package(name) else {
        throw CorpusError.downloadFailed(package: name, message: "apt-get left no file")
      }
      return package
    }
  }

  private func bytes(of names: [String]) throws -> Int {
    try names.reduce(0) { sum, name in
      guard let file = try package(name)?.file else { return sum }
      return sum + (try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
    }
  }

  /// Which package lists apt reads.
  private enum PackageLists {
    /// The machine's own.
    case system
    /// A copy that needs no rights to refresh, made when the machine's are empty or out of date.
    case own

    func options(in folder: URL) -> [String] {
      // As root, apt would drop to a user that may not write here.
      let sandbox = ["-o", "APT::Sandbox::User=root"]
      switch self {
      case .system: return sandbox
      case .own:
        return sandbox + [
          "-o", "Dir::State::lists=\(folder.path)/apt/lists",
          "-o", "Dir::Cache=\(folder.path)/apt/cache",
        ]
      }
    }
  }

  private func download(
    _ names: [String], with apt: ExternalProgram, lists: inout PackageLists
  ) throws {
    do {
      try downloadOnce(names, with: apt, lists: lists)
    } catch CorpusError.toolFailed(_, _, let message) {
      guard lists == .system else {
        throw CorpusError.downloadFailed(package: names.joined(separator: " "), message: message)
      }
      lists = .own
      try refreshOwnLists(with: apt, wanted: names, firstFailure: message)
      do {
        try downloadOnce(names, with: apt, lists: lists)
      } catch CorpusError.toolFailed(_, _, let message) {
        throw CorpusError.downloadFailed(package: names.joined(separator: " "), message: message)
      }
    }
  }

  private func downloadOnce(
    _ names: [String], with apt: ExternalProgram, lists: PackageLists
  ) throws {
    let partial = folder.appendingPathComponent("partial-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: partial) }
    try apt.run(
      ["-q", "download"] + lists.options(in: folder) + names, in: partial, scratch: folder)
    for file in try FileManager.default.contentsOfDirectory(
      at: partial, includingPropertiesForKeys: nil) where file.pathExtension == "deb"
    {
      let target = folder.appendingPathComponent(file.lastPathComponent)
      try? FileManager.default.removeItem(at: target)
      try FileManager.default.moveItem(at: file, to: target)
    }
  }

  private func refreshOwnLists(
    with apt: ExternalProgram, wanted: [String], firstFailure: String
  ) throws {
    for part in ["apt/lists/partial", "apt/cache/archives/partial"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(part), withIntermediateDirectories: true)
    }
    do {
      try apt.run(["-q", "update"] + PackageLists.own.options(in: folder), scratch: folder)
    } catch CorpusError.toolFailed {
      throw CorpusError.packageListsEmpty(
        package: wanted.joined(separator: " "), message: firstFailure)
    }
  }
}

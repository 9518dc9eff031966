import Foundation

extension PackageSource {
  /// Unpacks `package` into a folder under `scratch` and returns the text of its files, in the
  /// order of their paths. Throws ``CorpusError/toolMissing(_:package:)``,
  /// ``CorpusError/toolFailed(_:status:message:)`` or ``CorpusError/sourceEmpty(_:)``.
  func cleanedText(of package: PackageCache.Package, scratch: URL) throws -> [UInt8] {
    let folder = scratch.appendingPathComponent("unpacked-\(package.name)", isDirectory: true)
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try ExternalProgram("dpkg-deb", package: "dpkg").run(
      ["--fsys-tarfile", package.file.path],
      into: try ExternalProgram("tar", package: "tar"),
      ["-x", "-C", folder.path, "--no-same-owner", "--wildcards"] + patterns, scratch: scratch)
    var text = CleanText()
    if let swordModule {
      cleaner.clean(try export(swordModule, from: folder, scratch: scratch), into: &text)
    } else {
      let gzip = try ExternalProgram("gzip", package: "gzip")
      for file in try files(in: folder) {
        let isCompressed = ["gz", "dz"].contains(file.pathExtension)
        let source =
          isCompressed
          ? SourceText(try gzip.run(["-dc"], input: file, scratch: scratch))
          : try SourceText(contentsOf: file)
        cleaner.clean(source, into: &text)
      }
    }
    guard !text.bytes.isEmpty else { throw CorpusError.sourceEmpty(package.name) }
    return text.bytes
  }

  private func export(_ module: String, from folder: URL, scratch: URL) throws -> SourceText {
    let sword = folder.appendingPathComponent("usr/share/sword")
    return SourceText(
      try ExternalProgram("mod2imp", package: "libsword-utils").run(
        [module], environment: ["SWORD_PATH": sword.path], scratch: scratch))
  }

  /// Regular files by path. Links are left out: packages use them for a second name of the same
  /// text.
  private func files(in folder: URL) throws -> [URL] {
    let keys: [URLResourceKey] = [.isRegularFileKey, .isSymbolicLinkKey]
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)
    return (files?.allObjects ?? []).compactMap { $0 as? URL }
      .filter { file in
        let values = try? file.resourceValues(forKeys: Set(keys))
        return values?.isRegularFile == true && values?.isSymbolicLink != true
          && !excluded.contains { file.path.contains($0) }
      }
      .sorted { $0.path < $1.path }
  }
}

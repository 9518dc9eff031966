import Foundation
import Testing

@testable import Registry

@Suite("Whatever path leads to a registry, there is one lock on it")
struct PathTests {
  /// A folder of its own, with links resolved.
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "path-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.resolvingSymlinksInPath()
  }

  private func link(_ path: URL, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path.path, withDestinationPath: target)
  }

  @Test("links to the file, to its folder and to a file yet to be made meet the same lock")
  func links() throws {
    let root = try folder()
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(
      at: root.appending(path: "real"), withIntermediateDirectories: true)
    try link(root.appending(path: "early.db"), to: "real/registry.db")
    try link(root.appending(path: "twice.db"), to: root.appending(path: "early.db").path)
    try link(root.appending(path: "folder"), to: "real")
    let real = root.appending(path: "real/registry.db").path
    let registry = try Registry.open(root.appending(path: "early.db").path)
    #expect(FileManager.default.fileExists(atPath: real))
    for path in [
      "real/registry.db", "early.db", "twice.db", "folder/registry.db",
      "folder/../real/./registry.db",
    ] {
      #expect(throws: RegistryError.locked(path: real + ".lock", process: Int(getpid()))) {
        try Registry.open(root.appending(path: path).path)
      }
    }
    try registry.close()
  }

  @Test("a second name of the file, links in a circle and folders that are not there are refused")
  func refused() throws {
    let root = try folder()
    defer { try? FileManager.default.removeItem(at: root) }
    let path = root.appending(path: "registry.db").path
    try Registry.open(path).close()
    try FileManager.default.linkItem(atPath: path, toPath: root.appending(path: "second.db").path)
    try link(root.appending(path: "a.db"), to: "b.db")
    try link(root.appending(path: "b.db"), to: "a.db")
    let reasons = [
      "registry.db": "2 names", "second.db": "2 names", "a.db": "circle",
      "nowhere/registry.db": "there is no folder",
    ]
    for (name, reason) in reasons {
      let refused = root.appending(path: name).path
      do {
        _ = try Registry.open(refused)
        Issue.record("\(name) was opened")
      } catch let error as RegistryError {
        #expect(error.description.contains(reason), "\(error)")
      }
    }
  }

  @Test("a lock file that a killed process has left is no obstacle")
  func stale() throws {
    let root = try folder()
    defer { try? FileManager.default.removeItem(at: root) }
    let path = root.appending(path: "registry.db").path
    try Data("4194304\n".utf8).write(to: URL(filePath: path + ".lock"))
    let registry = try Registry.open(path)
    let holder = try String(contentsOfFile: path + ".lock", encoding: .utf8)
    #expect(holder == "\(getpid())\n")
    try registry.close()
  }

  @Test("a folder that cannot be written to is refused with its reason")
  func readOnly() throws {
    // The kernel's own folder lets nobody make files, not even root.
    do {
      _ = try Registry.open("/sys/registry.db")
      Issue.record("it was opened")
    } catch let error as RegistryError {
      guard case .cannotOpen(let path, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(path == "/sys/registry.db.lock")
    }
  }
}

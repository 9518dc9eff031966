import Foundation
import Testing

@testable import Registry

@Suite("A registry is kept where SQLite's locks hold")
struct FileSystemTests {
  private static let refused: [(type: Int, kind: NetworkFileSystem)] = [
    (0x6969, .nfs), (0x0BD0_0BD0, .lustre), (0x4750_4653, .gpfs), (0x517B, .smb),
    (Int(Int32(bitPattern: 0xFF53_4D42)), .smb), (0xFE53_4D42, .smb), (0x00C3_6400, .ceph),
    (0x1983_0326, .beegfs), (0x5346_414F, .afs), (0x6B41_4653, .afs),
  ]

  @Test("a network file system is refused by name before anything is made")
  func network() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "registry.db").path
    for (type, kind) in Self.refused {
      let probe = FileSystemProbe { $0 == folder.resolvingSymlinksInPath().path ? type : nil }
      let error = RegistryError.networkFileSystem(path: path, kind: kind)
      #expect(throws: error) { try Registry.open(path, fileSystem: probe) }
      #expect(error.description.contains(kind.rawValue))
    }
    #expect(Set(Self.refused.map(\.kind)) == Set(NetworkFileSystem.allCases))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("a link to a file that lies on one is refused too")
  func link() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let remote = folder.appending(path: "remote/registry.db")
    try FileManager.default.createDirectory(
      at: remote.deletingLastPathComponent(), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Registry.open(remote.path).close()
    let path = folder.appending(path: "registry.db").path
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: remote.path)
    let probe = FileSystemProbe { $0.contains("/remote/") ? 0x6969 : 0xEF53 }
    #expect(throws: RegistryError.networkFileSystem(path: path, kind: .nfs)) {
      try Registry.open(path, fileSystem: probe)
    }
  }

  @Test(
    "disks, memory and what cannot be told are taken",
    arguments: [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0x6573_5546, nil])
  func local(type: Int?) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let probe = FileSystemProbe { _ in type }
    try Registry.open(folder.appending(path: "registry.db").path, fileSystem: probe).close()
  }

  @Test("the kernel tells the type of this machine's folders")
  func system() {
    #expect(FileSystemProbe.system.type("/proc") == 0x9FA0)
    #expect(FileSystemProbe.system.type("/no/such/folder") == nil)
  }
}

import CStatfs
import Foundation

/// The kinds of file system on which SQLite's locks and shared memory cannot be trusted: another
/// machine may write the same file, and the write-ahead log's index is memory of one machine.
public enum NetworkFileSystem: String, Hashable, Sendable, CaseIterable {
  case nfs = "NFS"
  case lustre = "Lustre"
  case gpfs = "GPFS"
  case smb = "SMB"
  case ceph = "Ceph"
  case beegfs = "BeeGFS"
  case afs = "AFS"

  /// What `statfs` says of it, where it is one of these: the kernel's numbers, linux/magic.h and the
  /// file systems' own sources.
  public init?(type: Int) {
    switch UInt32(truncatingIfNeeded: type) {
    case 0x6969: self = .nfs
    case 0x0BD0_0BD0: self = .lustre
    case 0x4750_4653: self = .gpfs
    case 0x517B, 0xFF53_4D42, 0xFE53_4D42: self = .smb
    case 0x00C3_6400: self = .ceph
    case 0x1983_0326: self = .beegfs
    case 0x5346_414F, 0x6B41_4653: self = .afs
    default: return nil
    }
  }
}

/// Tells the type of the file system that holds a folder; an input, so that tests need no mount.
public struct FileSystemProbe: Sendable {
  /// The `f_type` of `statfs`; none when it cannot be told.
  public var type: @Sendable (_ folder: String) -> Int?

  public init(type: @escaping @Sendable (_ folder: String) -> Int?) { self.type = type }

  /// The kernel's word.
  public static let system = FileSystemProbe { folder in
    var status = statfs()
    return statfs(folder, &status) == 0 ? Int(status.f_type) : nil
  }

  /// Throws `.networkFileSystem` when the file at `path` lies, or would lie, on one.
  func refuseNetwork(_ path: String) throws {
    // A link may lead elsewhere: the file that is there counts, else the folder that gets it.
    let file = URL(filePath: path).resolvingSymlinksInPath()
    let exists = FileManager.default.fileExists(atPath: file.path)
    let place = exists ? file.path : file.deletingLastPathComponent().path
    guard let kind = type(place).flatMap(NetworkFileSystem.init(type:)) else { return }
    throw RegistryError.networkFileSystem(path: path, kind: kind)
  }
}

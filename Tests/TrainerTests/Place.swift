import Foundation

/// A temporary folder, removed with this value unless it lies in another.
final class Place {
  let folder: URL
  private let isOwner: Bool

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    isOwner = true
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private init(_ folder: URL) throws {
    self.folder = folder
    isOwner = false
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { if isOwner { try? FileManager.default.removeItem(at: folder) } }

  func place(_ name: String) throws -> Place { try Place(folder.appending(path: name)) }

  var contents: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() }
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
}

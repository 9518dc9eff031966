import Foundation

/// Results of finished phases, kept until the corpus is complete, so that an interrupted
/// preparation goes on where it stopped.
struct WorkFolder: Sendable {
  let folder: URL

  init(_ folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
  }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  private struct Kept<Value: Codable>: Codable {
    /// Everything that the value depends on.
    var key: String
    var value: Value
  }

  /// The kept result of `phase` if it was made from the same `key`, otherwise what `make` returns,
  /// which is then kept. The record is written after the files that `make` writes.
  func result<Value: Codable>(
    of phase: String, key: String, _ make: () throws -> Value
  ) throws -> Value {
    let record = file("\(phase).json")
    if let data = try? Data(contentsOf: record),
      let kept = try? JSONDecoder().decode(Kept<Value>.self, from: data), kept.key == key
    {
      return kept.value
    }
    let value = try make()
    try JSONEncoder().encode(Kept(key: key, value: value)).write(to: record, options: .atomic)
    return value
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }
}

import Foundation

/// The checkpoints that an attempt can see: those in its own folder, where it writes, and those that
/// earlier attempts left in theirs.
struct CheckpointFolder {
  /// A file by its name; nothing is known of what is in it.
  struct Item: Hashable {
    let step: Int
    /// Relative to the working directory.
    let path: String
  }

  /// The folder of checkpoints in an attempt's folder.
  static let name = "checkpoints"
  private static let suffix = ".safetensors"

  /// The attempt's working directory.
  let directory: URL
  /// The folders of earlier attempts, newest first, relative to the working directory.
  let earlier: [String]

  /// Where the checkpoint after `step` goes, relative to the working directory.
  func path(step: Int) -> String { "\(Self.name)/\(step)\(Self.suffix)" }

  func url(_ path: String) -> URL { directory.appending(path: path) }

  /// What is there, the most steps first; of equal steps the newer attempt's first.
  func items() -> [Item] {
    ([Self.name] + earlier.map { "\($0)/\(Self.name)" }).flatMap { folder in
      names(in: folder).compactMap { name in
        guard name.hasSuffix(Self.suffix), let step = Int(name.dropLast(Self.suffix.count)) else {
          return nil
        }
        return Item(step: step, path: "\(folder)/\(name)")
      }
    }
    .enumerated().sorted { ($1.element.step, $0.offset) < ($0.element.step, $1.offset) }
    .map(\.element)
  }

  /// Makes the attempt's own folder, and removes what a killed trainer left unfinished in it.
  func prepare() throws(CheckpointError) {
    let own = url(Self.name)
    do {
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: own.path, reason: error.localizedDescription)
    }
    for name in names(in: Self.name) where name.hasSuffix(DurableFile.partialSuffix) {
      unlink(own.appending(path: name).path)
    }
  }

  /// Removes all but the newest `kept` checkpoints up to `step`, and none of those in `refused`: they
  /// count for nothing, and stay for people to look at.
  func prune(upTo step: Int, keeping kept: Int, refused: Set<Item>) {
    let sound = items().filter { $0.step <= step && !refused.contains($0) }
    let steps = Set(Set(sound.map(\.step)).sorted().suffix(kept))
    for item in sound where !steps.contains(item.step) { unlink(url(item.path).path) }
  }

  private func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: url(folder).path)) ?? []
  }
}

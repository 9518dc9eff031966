import Experiment
import Foundation

/// Where the weights of a run lie, and the run's spec beside them.
struct ModelPlace {
  let file: URL
  let spec: RunSpec

  private static let weights = "model.safetensors"
  private static let checkpoints = "checkpoints"
  private static let suffix = ".safetensors"

  /// What `path` names: a file of weights in an attempt's folder, or in `checkpoints` below it, such a
  /// folder, or a run's folder with its attempts. Of an attempt the final weights are taken, else the
  /// checkpoint with most steps; of a run the newest attempt that has either. Throws
  /// `ModelPlaceError`.
  init(_ path: URL) throws(ModelPlaceError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
      throw .missing(path: path.path)
    }
    guard isFolder.boolValue else {
      let folder = path.deletingLastPathComponent()
      let isCheckpoint = folder.lastPathComponent == Self.checkpoints
      self.file = path
      spec = try Self.spec(in: isCheckpoint ? folder.deletingLastPathComponent() : folder)
      return
    }
    let attempts = Self.names(in: path).compactMap { Int($0) }.sorted(by: >)
    for folder in [path] + attempts.map({ path.appending(path: "\($0)") }) {
      guard let file = Self.model(in: folder) else { continue }
      self.file = file
      spec = try Self.spec(in: folder)
      return
    }
    throw .noModel(folder: path.path)
  }

  private static func model(in attempt: URL) -> URL? {
    let final = attempt.appending(path: weights)
    if FileManager.default.fileExists(atPath: final.path) { return final }
    let folder = attempt.appending(path: checkpoints)
    let steps = names(in: folder).compactMap { name in
      name.hasSuffix(suffix) ? Int(name.dropLast(suffix.count)) : nil
    }
    return steps.max().map { folder.appending(path: "\($0)\(suffix)") }
  }

  private static func spec(in folder: URL) throws(ModelPlaceError) -> RunSpec {
    let url = folder.appending(path: RunDirectory.specName)
    guard let data = try? Data(contentsOf: url) else { throw .noSpec(path: url.path) }
    do {
      return try JSONDecoder().decode(RunSpec.self, from: data)
    } catch {
      throw .noSpec(path: url.path)
    }
  }

  private static func names(in folder: URL) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  }
}

/// Why there is nothing to score.
enum ModelPlaceError: Error, Hashable {
  case missing(path: String)
  case noModel(folder: String)
  case noSpec(path: String)
}

extension ModelPlaceError: CustomStringConvertible {
  var description: String {
    switch self {
    case .missing(let path):
      """
      there is no \(path)
        hint: name a run's folder, RUNS/17 or RUNS/17/1, or a .safetensors file in it
      """
    case .noModel(let folder):
      """
      no weights are in \(folder)
        hint: a run leaves model.safetensors when it finishes, unless its worker discards weights, \
      and checkpoints while it trains
      """
    case .noSpec(let path):
      """
      \(path) is no run spec
        hint: weights are scored beside the spec.json of their run; copy both
      """
    }
  }
}

import Foundation
import Registry
import Wire

/// Finds what is under a data folder that no queued or leased run needs.
///
/// A run folder is RUN/EPOCH as workers make it. It belongs to a run of this registry when the spec
/// in it is that run's: another registry may have used the same folder.
struct ArtefactScan {
  var data: URL
  var registry: Registry

  /// Everything that may be deleted at some age; nothing of a run that is queued or leased.
  func artefacts() async throws -> [Artefact] {
    let runs = data.appending(path: "runs")
    let folders = children(of: runs).compactMap { folder in
      Int64(folder.lastPathComponent).map { (run: $0, folder: folder) }
    }.sorted { $0.run < $1.run }
    let fates = try await registry.fates(of: folders.map(\.run))
    var found: [Artefact] = []
    for (run, folder) in folders {
      for attempt in children(of: folder) {
        guard let epoch = Int(attempt.lastPathComponent) else { continue }
        found += artefacts(of: attempt, run: run, epoch: epoch, fates[run])
      }
    }
    return found + partialCorpora()
  }

  private func artefacts(
    of attempt: URL, run: Int64, epoch: Int, _ fate: RunFate?
  ) -> [Artefact] {
    let spec = try? Data(contentsOf: attempt.appending(path: "spec.json"))
    guard let fate, epoch <= fate.epoch, let digest = fate.specSHA256,
      spec.map(SHA256.hex(of:)) == digest
    else {
      return [artefact(.orphan, attempt, run: nil, since: lastWrite(in: attempt))]
    }
    guard let ended = fate.endedAt else { return [] }
    return children(of: attempt).compactMap { child in
      Self.kind(of: child.lastPathComponent).map {
        artefact($0, child, run: run, since: ended)
      }
    }
  }

  /// What a file of an attempt is; the spec and the spool are none of these.
  private static func kind(of name: String) -> Artefact.Kind? {
    if name == "checkpoints" { return .checkpoints }
    if name.hasSuffix(".log") { return .log }
    let isModel = ["weights", "model"].contains(name)
    return isModel || [".safetensors", ".pt", ".ckpt"].contains { name.hasSuffix($0) }
      ? .weights : nil
  }

  private func partialCorpora() -> [Artefact] {
    children(of: data.appending(path: "corpora")).filter {
      $0.lastPathComponent.hasPrefix(".") && $0.lastPathComponent.hasSuffix(".work")
    }.map { artefact(.corpus, $0, run: nil, since: lastWrite(in: $0)) }
  }

  private func artefact(_ kind: Artefact.Kind, _ url: URL, run: Int64?, since: Int64) -> Artefact {
    let root = data.resolvingSymlinksInPath().path + "/"
    let path = url.resolvingSymlinksInPath().path
    return Artefact(
      kind: kind, path: path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path,
      bytes: bytes(of: url), run: run, since: since)
  }

  private func children(of url: URL) -> [URL] {
    // A link could lead anywhere: nothing is looked for, or deleted, behind one.
    ((try? FileManager.default.contentsOfDirectory(
      at: url, includingPropertiesForKeys: [.isSymbolicLinkKey])) ?? [])
      .filter { (try? $0.resourceValues(forKeys: [.isSymbolicLinkKey]))?.isSymbolicLink != true }
  }

  /// The file and all below it.
  private func contents(of url: URL) -> [URL] {
    let below = FileManager.default.enumerator(
      at: url, includingPropertiesForKeys: [.fileSizeKey, .contentModificationDateKey])
    return [url] + (below?.compactMap { $0 as? URL } ?? [])
  }

  private func bytes(of url: URL) -> Int64 {
    contents(of: url).reduce(0) { sum, file in
      let values = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
      return sum + (values?.isRegularFile == true ? Int64(values?.fileSize ?? 0) : 0)
    }
  }

  private func lastWrite(in url: URL) -> Int64 {
    let dates = contents(of: url).compactMap {
      try? $0.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
    }
    return Int64((dates.max() ?? .distantPast).timeIntervalSince1970 * 1000)
  }
}

import Experiment
import Foundation
import GridFile
import ScalingLaws

/// Where presets lie, the first folder that has one winning.
struct Presets {
  var folders: [URL]

  /// $ORCHESTRATOR_PRESETS; share/orchestrator/presets of the installation that this program is part
  /// of; presets in the current folder.
  static var standard: Presets {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let installation = program.deletingLastPathComponent().deletingLastPathComponent()
    let own = ProcessInfo.processInfo.environment["ORCHESTRATOR_PRESETS"]
      .map { [URL(filePath: $0)] }
    return Presets(
      folders: (own ?? []) + [
        installation.appending(path: "share/orchestrator/presets"), URL(filePath: "presets"),
      ])
  }

  /// The preset of that name, or in the file of that path.
  ///
  /// - Throws: `CommandFailure` with the known names; `GridFileError`.
  func named(_ name: String) throws -> Preset {
    let isPath = name.contains("/") || name.hasSuffix(".yaml")
    let files =
      isPath ? [URL(filePath: name)] : folders.map { $0.appending(path: "\(name).yaml") }
    let file = files.first { FileManager.default.fileExists(atPath: $0.path) }
    guard let file else {
      let known = isPath ? "" : "; there are \(names.joined(separator: ", "))"
      throw CommandFailure(code: .missingFile, message: "no preset \(name)\(known)")
    }
    return try PresetFile.decode(GivenFile.text(at: file.path), file: file.path)
  }

  /// Every name, each once, in order.
  private var names: [String] {
    let files = folders.flatMap {
      (try? FileManager.default.contentsOfDirectory(atPath: $0.path)) ?? []
    }
    return Set(files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }).sorted()
  }
}

/// A published model counted by this project, beside what its paper says.
struct PresetReport {
  let preset: Preset
  /// C at which leverage is predicted; nil where nothing says one.
  let compute: Double?
  let leverage: Double?
  let interval: Interval?
  let isWithinFit: Bool

  /// `compute` overrides the preset's own: its C, or M times its tokens.
  init(_ preset: Preset, compute: Double?) throws {
    let shape = preset.architecture
    self.preset = preset
    self.compute =
      compute ?? preset.training.compute
      ?? preset.training.tokens.map { $0 * Double(shape.trainingFLOPsPerToken()) }
    let model = LeverageModel.ling
    isWithinFit =
      (self.compute.map(model.compute.contains) ?? true)
      && PlannedModel(shape: shape, compute: 1).isWithinFit(of: model)
    guard let compute = self.compute, !shape.isDense else {
      (leverage, interval) = (nil, nil)
      return
    }
    let point = PlannedModel(shape: shape, compute: compute)
    leverage = try point.leverage(by: model)
    interval = try point.interval(by: model)
  }

  var megatron: MegatronArguments {
    let shape = preset.architecture
    let training = preset.training
    let steps = training.batchSequences.flatMap { batch in
      training.tokens.map { Int(($0 / Double(batch * shape.seqLen)).rounded()) }
    }
    return MegatronArguments(
      shape,
      training: .init(
        learningRate: training.learningRate, batchSequences: training.batchSequences,
        steps: steps))
  }
}

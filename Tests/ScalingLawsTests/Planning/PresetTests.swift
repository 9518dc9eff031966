import Experiment
import Foundation
import GridFile
import Testing

@testable import ScalingLaws

@Suite("Presets are the published models")
struct PresetTests {
  @Test("every file of the folder is one of them and bears its own name")
  func names() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: PresetFolder.url.path)
    #expect(files.sorted() == PresetFolder.names.map { "\($0).yaml" }.sorted())
    for name in PresetFolder.names { #expect(try PresetFolder.preset(name).name == name) }
  }

  @Test(
    "parameters without the vocabulary are the papers'",
    arguments: [
      ("ling-mini-beta", 17_499_422_720), ("ling-dense-6.1b", 6_106_906_624),
      ("ling-28b", 27_877_048_320),
    ])
  func totals(name: String, backbone: Int) throws {
    let preset = try PresetFolder.preset(name)
    #expect(preset.architecture.parameters.totalBackbone == backbone)
    let published = try #require(preset.published.parameters)
    #expect(abs(Double(backbone) / published - 1) < 0.001)
  }

  @Test(
    "the Ling 2.0 models count as published, the vocabulary among them",
    arguments: [
      ("ling-mini-2.0", 16.26e9, 1.43e9), ("ling-flash-2.0", 103e9, 6.1e9),
      ("ling-1t", 1000e9, 51e9),
    ])
  func ling2(name: String, total: Double, active: Double) throws {
    let counts = try PresetFolder.preset(name).architecture.parameters
    #expect(abs(Double(counts.total) / total - 1) < 0.005)
    #expect(abs(Double(counts.active) / active - 1) < 0.01)
  }

  @Test("the ablation sizes are trained at about three to five times their optimal tokens")
  func ablations() throws {
    for name in PresetFolder.names where name.hasPrefix("ling-ablation") {
      let preset = try PresetFolder.preset(name)
      let compute = try #require(preset.training.compute)
      let tokens = compute / Double(preset.architecture.trainingFLOPsPerToken())
      // At the budget whose optimal model this is: M = 0.1915·C^0.5095 solved for C.
      let optimum = pow(
        Double(preset.architecture.trainingFLOPsPerToken()) / 0.1915, 1 / 0.5095)
      let optimalTokens = optimum / Double(preset.architecture.trainingFLOPsPerToken())
      #expect((2.9...5).contains(tokens / optimalTokens), "\(name)")
    }
  }

  @Test("the rule of depth is the least squares through their logarithms")
  func depthRule() throws {
    let shapes = try PresetFolder.names
      .filter { $0.hasPrefix("ling-ablation") || $0.hasPrefix("ling-mini") }
      .map { try PresetFolder.preset($0).architecture }
    let larger = try ["ling-flash-2.0", "ling-1t"].map { try PresetFolder.preset($0).architecture }
    let points = (shapes + larger).map { (log(Double($0.dModel)), log(Double($0.layers))) }
    let n = Double(points.count)
    let x = points.reduce(0) { $0 + $1.0 } / n
    let y = points.reduce(0) { $0 + $1.1 } / n
    let slope =
      points.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
      / points.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    for dModel in [384, 2048, 8192] {
      let fitted = exp(y + slope * (log(Double(dModel)) - x))
      #expect(abs(ShapeRule.layers(dModel: dModel) / fitted - 1) < 0.002)
    }
  }

  @Test("all faults of a preset are told together, with their lines")
  func faults() throws {
    let text = """
      preset: p
      source: a paper
      architecture:
        layers: 2
        d_model: 100
        heads: 3
        kv_heads: 1
        d_ffn: 8
        vocab: 10
        sequence_length: 8
        wdth: 4
      training: {tokens: -1}
      """
    let error = try #require(throws: GridFileError.self) {
      try PresetFile.decode(text, file: "p.yaml")
    }
    #expect(error.problems.map(\.line) == [4, 11, 12])
    #expect(error.description.contains("heads 3 does not divide d_model 100"))
    #expect(error.description.contains("p.yaml:11: architecture.wdth: unknown key"))
    #expect(error.description.contains("\"-1\" is not a number above 0"))
  }

  @Test("what is missing is named", arguments: ["", "preset: p", "preset: p\nsource: s"])
  func missing(text: String) {
    #expect(throws: GridFileError.self) { try PresetFile.decode(text, file: "p.yaml") }
  }
}

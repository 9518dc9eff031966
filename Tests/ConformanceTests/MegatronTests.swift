import Conformance
import Experiment
import Foundation
import ScalingLaws
import Testing

@Suite("The wrapper around Megatron-Core", .timeLimit(.minutes(2)))
struct MegatronTests {
  static let wrapper = PracticeGround.template.deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "megatron/train.py").path

  @Test("it keeps every promise that it makes, around a program with Megatron's flags and log")
  func conforms() async throws {
    let findings = try await PracticeGround().findings(
      of: [
        "python3", Self.wrapper, "--launcher", "python3", "--megatron",
        PracticeGround.trainers.appending(path: "megatron").path, "--checkpoint-steps", "1000",
      ], steps: 200)
    let others: [TrainerPromise: Finding.Verdict] = [.request: .skipped]
    for finding in findings where finding.promise != .sameLoss {
      #expect(finding.verdict == others[finding.promise] ?? .passed, "\(finding)")
    }
  }

  @Test("its arguments have every flag that a plan prints, with the same values")
  func agreement() throws {
    for preset in Self.shapes {
      let spec = Self.spec(preset)
      let planned = MegatronArguments(
        spec.architecture,
        training: .init(
          learningRate: spec.optimiser.learningRate, batchSequences: spec.batchSequences,
          steps: spec.steps)
      ).flags
      let own = try Self.arguments(of: spec)
      for flag in planned { #expect(own.contains(flag), "\(flag)") }
      // What a plan leaves to the run: where it reports and evaluates, its seed.
      let names = Set(own.filter { !planned.contains($0) }.map { $0.split(separator: " ")[0] })
      #expect(
        names == [
          "--adam-eps", "--eval-interval", "--eval-iters", "--log-interval", "--micro-batch-size",
          "--seed",
        ])
    }
  }

  @Test("a router that Megatron does not have is refused with a hint")
  func refused() throws {
    var spec = Self.spec(Self.shapes[0])
    spec.router.biasUpdate = 0.001
    let (code, errors) = try Self.outcome(of: spec)
    #expect(code == 64)
    #expect(errors.contains("bias_update needs the gate sigmoid"))
  }

  /// A mixture of experts with a leading dense layer, and a dense model.
  static let shapes = [
    Architecture(
      layers: 20, dModel: 2048, heads: 16, kvHeads: 4, dFFN: 4928, dExpert: 448, experts: 328,
      topK: 10, sharedExperts: 1, denseLayers: 1, vocab: 126_464, seqLen: 8192),
    Architecture(
      layers: 28, dModel: 4096, heads: 32, kvHeads: 32, dFFN: 14336, dExpert: 0, experts: 0,
      topK: 0, sharedExperts: 0, denseLayers: 28, vocab: 126_464, seqLen: 8192),
  ]

  /// As the paper trains.
  static func spec(_ shape: Architecture) -> RunSpec {
    RunSpec(
      trainer: "megatron", architecture: shape, router: .init(),
      initialisation: .normal(sigma: 0.006), optimiser: .init(learningRate: 0.000_509_04),
      schedule: .init(), precision: .bfloat16, batchSequences: 847, steps: 144_121,
      corpus: .init(name: "text", sha256: ""), evaluation: .init(), seed: 1)
  }

  static func arguments(of spec: RunSpec) throws -> [String] {
    let (code, text) = try outcome(of: spec)
    try #require(code == 0, "\(text)")
    return text.replacing(" \\", with: "").split(separator: "\n").map(String.init)
  }

  /// Exit code and words of the wrapper when it is asked for the arguments of `spec`.
  static func outcome(of spec: RunSpec) throws -> (Int32, String) {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(spec.canonical.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B", wrapper, "--print-arguments", file.path]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

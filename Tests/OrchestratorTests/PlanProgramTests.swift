import Foundation
import Testing

@Suite("`orchestrator plan` proposes, refuses, and shows what was published")
struct PlanProgramTests {
  static let presets = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "presets")

  @Test("a plan says where M is from, and ends with the trade-off table and its flags")
  func table() async throws {
    let output = try await answer([
      "--budget", "1e22", "--activation", "1/32", "--granularity", "12",
    ])
    #expect(output.contains("by the allocation law, ling-2507.17702 Table 1"))
    #expect(output.contains("\nchosen  7.22 "))
    #expect(output.contains("leverage_extrapolated: "))
    let byTokens = try await answer(["--budget", "9e21", "--tokens", "1e12", "--layers", "16..24"])
    #expect(byTokens.contains("C / D with D = 1e12 as asked"))
  }

  @Test(
    "each form is printed alone",
    arguments: [
      ("--json", "{\n  \"A\" : "), ("--yaml", "# "), ("--hf", "{\n  \"architectures\" : "),
      ("--megatron", "--num-layers "),
    ])
  func forms(flag: String, start: String) async throws {
    let output = try await answer([
      "--gpu-hours", "2e4", "--peak-flops", "1e15", "--mfu", "0.4", flag,
    ])
    #expect(output.hasPrefix(start))
  }

  @Test("a preset by its path is counted beside what its paper says")
  func preset() async throws {
    let path = Self.presets.appending(path: "ling-mini-beta.yaml").path
    let output = try await answer(["--preset", path])
    #expect(output.contains("N         17.5B (the paper says 17.5B)"))
    #expect(output.contains("EL 7.14"))
  }

  @Test(
    "what cannot be is refused with a hint",
    arguments: [
      (["--budget", "1e22", "--activation", "1/512"], "--extrapolate", Int32(1)),
      (["--budget", "1e22", "--max-total-parameters", "1e9"], "the nearest possible", 1),
      (["--preset", "/no/such.yaml"], "no preset", 66),
      (["--tokens", "1e9"], "--budget", 64),
      (["--budget", "1e22", "--activation", "1/4..1/8"], "invalid", 64),
      (["--budget", "1e22", "--gpu-hours", "7"], "keep one", 64),
    ])
  func refused(arguments: [String], hint: String, code: Int32) async throws {
    let program = try Program("orchestrator", ["plan"] + arguments)
    #expect(await program.line(containing: hint) != nil)
    #expect(await program.result().code == code)
  }

  private func answer(_ arguments: [String]) async throws -> String {
    let (code, output) = try await Program("orchestrator", ["plan"] + arguments).result()
    #expect(code == 0)
    return output
  }
}

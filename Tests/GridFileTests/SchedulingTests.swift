import Experiment
import GridFile
import Testing

@Suite("A grid says what its runs ask for and when")
struct SchedulingTests {
  private func grid(_ lines: String) throws -> Grid {
    try GridFile.decode(GridFileErrorTests.good + "\n" + lines, file: "grid.yaml").stages[0]
  }

  @Test("every key is read, and none of it is part of what the grid is")
  func keys() throws {
    let grid = try grid(
      """
      resources: {cpus: 4, gpus: {H100: 8}, memory: 64GiB, nodes: 2, labels: [nvlink, fast]}
      walltime: 1d12h
      priority: -3
      not_before: 2026-12-01T22:00:00Z
      """)
    #expect(
      grid.scheduling
        == Scheduling(
          resources: ResourceRequest(
            cpus: 4, gpus: 8, gpuType: "h100", memory: 64 << 30, nodes: 2,
            labels: ["fast", "nvlink"]), priority: -3, walltime: 129_600,
          notBefore: 1_796_162_400_000))
    #expect(try grid.canonicalSource == self.grid("").canonicalSource)
    #expect(try self.grid("").scheduling == Scheduling())
    #expect(try self.grid("resources: {gpus: 8}").scheduling.resources == ResourceRequest(gpus: 8))
  }

  @Test("stages share what the file's top level says, and may say otherwise")
  func stages() throws {
    let study = try GridFile.decode(
      """
      study: s
      corpus: c
      budgets: [1e12]
      resources: {gpus: 1}
      families: {dense: {kind: dense}}
      stages:
        - grid: a
        - {grid: b, resources: {cpus: 2}}
      """, file: "study.yaml")
    #expect(study.stages.map(\.scheduling.resources.gpus) == [1, 0])
  }

  @Test(
    "what it cannot be is refused with what would be right",
    arguments: [
      ("resources: {cpus: 0}", "15: resources.cpus: \"0\" is not a whole number from 1 to 4096"),
      ("resources: {gpus: {a: 1, b: 2}}", "one type with its number, such as {h100: 8}"),
      ("resources: {gpus: {h100: none}}", "resources.gpus.h100: \"none\" is not a whole number"),
      ("resources: {memory: 64 GB}", "\"64 GB\" is not an amount of memory such as 64GiB"),
      ("resources: {labels: [a, a]}", "\"a\" stands here twice"),
      ("resources: {gpu: 8}", "resources.gpu: unknown key; did you mean gpus?"),
      ("walltime: 90", "walltime: \"90\" is not a time such as 2h, 1d12h or 2:00:00"),
      ("walltime: 2:00", "\"2:00\" is not a time"),
      ("walltime: 0s", "\"0s\" is not a time"),
      ("priority: 1.5", "priority: \"1.5\" is not a whole number from -1000 to 1000"),
      ("not_before: tomorrow", "\"tomorrow\" is not a time with its zone"),
    ])
  func faults(lines: String, message: String) {
    let error = #expect(throws: GridFileError.self) { try grid(lines) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}

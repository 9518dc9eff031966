import ArgumentParser
import Foundation

/// `make chaos`: the real daemon, real workers and the native trainer, killed over and over.
@main
struct Chaos: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos",
    abstract: "Kill daemon, workers and trainers over and over, and see whether anything is lost.",
    discussion: """
      A grid is trained twice: undisturbed, and under SIGKILL and SIGSTOP. Exit code 1 when a run is \
      not recorded exactly once, a loss differs in any bit, an invariant does not hold, or a process \
      is left. The seed decides who is struck and for how long; what it is doing then is chance.
      """)

  @Option(help: "SIGKILLs to send.") var kills = 1000
  @Option(help: "Of the dice.") var seed: UInt64 = 1
  @Option(help: "Runs of the grid, an even number; half of them mixtures.") var runs: Int?
  @Option(help: "Seconds that a lease lasts.") var lease = 2.0
  @Option(
    help: "The folder with the programs orchestrator and worker; this program's own by default.",
    completion: .directory)
  var programs: String?
  @Flag(help: "Keep the folder with registries, logs and runs; it is kept anyway on failure.")
  var keep = false

  func validate() throws {
    guard kills >= 0 else { throw ValidationError("--kills is not negative") }
    guard lease >= 1 else { throw ValidationError("--lease is at least 1 second") }
    guard runs.map({ $0 > 0 && $0.isMultiple(of: 2) }) ?? true else {
      throw ValidationError("--runs is an even number above 0")
    }
  }

  func run() async throws {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "chaos-\(UUID().uuidString.prefix(8))")
    let programs =
      programs.map { URL(filePath: $0) } ?? Bundle.main.executableURL!.deletingLastPathComponent()
    // Four kills a run leave each enough to resume and to lose.
    let grid = GridText(runs: runs ?? max(8, kills / 8 * 2))
    let laboratory = try Laboratory(folder: folder, programs: programs, grid: grid)
    let broken: [String]
    do {
      broken = try await trial(laboratory)
    } catch {
      broken = ["\(error)"]
    }
    let strays = ProcessTable.processes(in: folder)
    for stray in strays { kill(stray.id, SIGKILL) }
    let failures = broken + strays.map { "process \($0.id) is left: \($0.words)" }
    guard failures.isEmpty else {
      for failure in failures { print("BROKEN: \(failure)") }
      print("seed \(seed); registries, logs and runs are in \(folder.path)")
      throw ExitCode.failure
    }
    if keep { print("kept in \(folder.path)") } else { try laboratory.remove() }
    print("passed: every run recorded once, every loss the same to the bit")
  }

  /// Trains the grid undisturbed, then disturbed; the promises that were broken.
  private func trial(_ laboratory: Laboratory) async throws -> [String] {
    print(
      "\(laboratory.grid.runs) runs, \(kills) kills, seed \(seed), leases of \(lease) s")
    let calm = try Cluster(laboratory, name: "undisturbed", lease: lease)
    let peace = try await Ordeal(calm, seed: seed, kills: 0).survive()
    print("undisturbed: \(Summary.seconds(peace.duration))")
    fflush(nil)
    let cluster = try Cluster(laboratory, name: "disturbed", lease: lease)
    let ordeal = Ordeal(cluster, seed: seed, kills: kills)
    let blows = try await ordeal.survive()
    let expected = try await Record(of: calm)
    let record = try await Record(of: cluster)
    print(Summary(blows: blows, record: record).text)
    return record.differences(from: expected, runs: laboratory.grid.runs)
  }
}

import Foundation
import ScalingLaws

/// Warm-started bootstraps of the joint law of efficiency leverage on 300 runs, one core, beside
/// SciPy on the same data.
struct SpeedBenchmark {
  private let bootstraps: Int
  private let peer: String?
  private let form = JointLeverageForm()
  private let loss = 0.02

  init(_ options: Options) {
    bootstraps = options.bootstraps ?? 1000
    peer = options.peer
  }

  /// What the peer prints, one object.
  private struct PeerResult: Decodable {
    var seconds: [String: Double]
    var objectives: [String: Double]
  }

  func run() throws {
    let data = data()
    var options = FitOptions(loss: .huber(delta: loss), bootstraps: 0, resampling: .runs)
    let clock = ContinuousClock()
    var alone: LawFit?
    let search = try clock.measure { alone = try LawFit.fit(form, to: data, options: options) }
    options.bootstraps = bootstraps
    var fit: LawFit?
    let whole = (0..<3).compactMap { _ in
      try? clock.measure { fit = try LawFit.fit(form, to: data, options: options) }
    }.min()
    guard let alone, let fit, let whole else { return }
    let seconds = (whole - search) / .seconds(1)
    print("joint-leverage, \(data.rows.count) runs, one thread")
    print(String(format: "  all starts          %8.3f s", search / .seconds(1)))
    print(
      String(
        format: "  %d bootstraps     %8.3f s   %d without a fit", bootstraps, seconds,
        fit.resamples?.failed ?? 0))
    if let peer { try compare(seconds, theta: alone.theta, data, python: peer) }
  }

  private func compare(
    _ seconds: Double, theta: [Double], _ data: LawData, python: String
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "law-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let table = folder.appending(path: "runs.csv")
    let lines = data.rows.map { row in
      (row.variables + [row.value]).map { "\($0)" }.joined(separator: ",")
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: table)

    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments =
      [
        "Benchmarks/Laws/peer.py", table.path, "\(bootstraps)", "\(loss)",
      ] + theta.map { "\($0)" }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let result = try JSONDecoder().decode(PeerResult.self, from: text)
    print(String(format: "  Σρ at the minimum   %10.6f", objective(theta, data)))
    print("SciPy, the same runs and starts")
    for (method, time) in result.seconds.sorted(by: { $0.value < $1.value }) {
      print(
        String(
          format: "  %@ %8.3f s   Σρ %10.6f   %.0f × as long",
          method.padding(toLength: 20, withPad: " ", startingAt: 0), time,
          result.objectives[method] ?? .nan, time / seconds))
    }
  }

  private func objective(_ theta: [Double], _ data: LawData) -> Double {
    data.rows.reduce(0) { sum, row in
      let r = abs(log(row.value) - form.logValue(theta, at: form.input(row.variables))) / loss
      return sum + (r <= 1 ? r * r / 2 : r - 0.5)
    }
  }

  /// Activation ratios, granularities and budgets of arXiv 2507.17702 and its fitted law, 3 % noise.
  private func data() -> LawData {
    var generator = SplitMix64(seed: 3)
    let theta = form.coordinates(of: form.published[0].values)
    var rows: [LawData.Row] = []
    for ratio in (0..<10).map({ exp2(-Double($0) * 0.75) }) {
      for granularity in [2.0, 4, 6, 8, 12] {
        for budget in [1e18, 3e18, 1e19, 3e19, 1e20, 3e20] {
          let variables = [ratio, granularity, budget]
          let log = form.logValue(theta, at: form.input(variables))
          rows.append(
            LawData.Row(
              run: Int64(rows.count + 1), cell: "\(budget)", variables: variables,
              value: exp(log + 0.03 * generator.normal())))
        }
      }
    }
    return LawData(rows: rows)
  }
}

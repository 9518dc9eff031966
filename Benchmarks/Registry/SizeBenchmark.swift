import Foundation
import Registry
import Wire

/// What people look at all day, over a registry of a million runs and a hundred million points.
struct SizeBenchmark {
  private let options: Options
  private let place: URL

  init(_ options: Options, _ place: URL) {
    self.options = options
    self.place = place
  }

  func rows() async throws -> [Figure] {
    let runs = options.quick ? 100_000 : 1_000_000
    let file = place.appending(path: "large.db")
    try await LargeRegistry.make(file.path, runs: runs, pointsEach: 100)
    let registry = try Registry.open(file.path)
    defer {
      try? registry.close()
      try? FileManager.default.removeItem(at: file)
    }
    let label = "\(runs) runs, \(runs * 100) points"
    let status = try await Self.median { _ = try await registry.status() }
    let page = try await Self.median { _ = try await registry.runs(RunFilter(limit: 100)) }
    let grid = try await Self.median {
      _ = try await registry.runs(RunFilter(gridID: 50, limit: 100))
    }
    let queued = try await Self.median {
      _ = try await registry.runs(RunFilter(state: .queued, limit: 100))
    }
    return [
      Figure(
        what: "status, \(label)", unit: "ms", measured: status, asked: .atMost(50)),
      Figure(what: "run table, first page of 100", unit: "ms", measured: page, asked: .atMost(50)),
      Figure(what: "run table of one grid", unit: "ms", measured: grid, asked: .atMost(50)),
      Figure(what: "run table of what is queued", unit: "ms", measured: queued, asked: .atMost(50)),
    ]
  }

  /// The median of 15 times, ms; the first is the slowest and is left out.
  private static func median(_ work: () async throws -> Void) async throws -> Double {
    var times: [Duration] = []
    for _ in 0..<16 {
      let start = ContinuousClock.now
      try await work()
      times.append(start.duration(to: .now))
    }
    return Array(times.dropFirst()).percentile(0.5).inSeconds * 1000
  }
}

import Foundation

/// Optuna's storage in a relational database, on the same disk with the same synchronisation: trials
/// asked for and told, and the list of all trials.
struct PeerBenchmark {
  let python: String
  let place: URL
  let quick: Bool

  func rows() throws -> [Figure] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: python)
    process.arguments = [
      "Benchmarks/Registry/peer.py", place.appending(path: "optuna.db").path,
      quick ? "300" : "3000",
    ]
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard process.terminationStatus == 0, numbers.count == 3 else {
      throw CocoaError(.executableRuntimeMismatch)
    }
    return [
      Figure(
        what: "Optuna, SQLite, FULL: trials from ask to tell", unit: "1/s", measured: numbers[0]),
      Figure(what: "Optuna: processor time a trial", unit: "ms", measured: numbers[1]),
      Figure(what: "Optuna: list of its trials", unit: "ms", measured: numbers[2]),
    ]
  }
}

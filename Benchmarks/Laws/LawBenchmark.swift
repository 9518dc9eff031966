import Foundation
import ScalingLaws

/// Fits of laws: how fast a bootstrap is beside SciPy's, and how often intervals hold the truth.
@main
enum LawBenchmark {
  private static let usage = """
    usage: law-benchmark speed [--peer PYTHON] [--bootstraps N]
           law-benchmark coverage [--repeats N] [--bootstraps N] [--threads N] [--form NAME]

    """

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    guard let command = arguments.first else { return explain() }
    arguments.removeFirst()
    guard let options = Options(arguments) else { return explain() }
    switch command {
    case "speed": try SpeedBenchmark(options).run()
    case "coverage": try CoverageBenchmark(options).run()
    default: explain()
    }
  }

  private static func explain() {
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
  }
}

/// The arguments after the command.
struct Options {
  var peer: String?
  var repeats = 1000
  var bootstraps: Int?
  var threads = 1
  var form: String?

  /// Nil for an argument that is not known.
  init?(_ arguments: [String]) {
    guard arguments.count.isMultiple(of: 2) else { return nil }
    for index in stride(from: 0, to: arguments.count, by: 2) {
      let value = arguments[index + 1]
      switch arguments[index] {
      case "--peer": peer = value
      case "--form": form = value
      case "--repeats": repeats = Int(value) ?? 0
      case "--bootstraps": bootstraps = Int(value) ?? 0
      case "--threads": threads = Int(value) ?? 0
      default: return nil
      }
    }
    guard repeats > 0, threads > 0, bootstraps ?? 1 > 0 else { return nil }
  }
}

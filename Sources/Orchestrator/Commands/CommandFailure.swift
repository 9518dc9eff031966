import ArgumentParser
import Client
import Foundation
import Wire

/// Why a command ends with a code other than 0.
struct CommandFailure: Error, CustomStringConvertible {
  /// Exit codes; usage errors are the argument parser's own, 64. The others follow sysexits.
  enum Code: Int32 {
    case refused = 1
    case missingFile = 66
    case unreachable = 69
    case interrupted = 130
  }

  var code: Code
  var message: String

  var description: String { message }
}

/// Runs a command's body; what it throws becomes one message and the exit code that it stands for.
func reportingFailures<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as ExitCode {
    throw error
  } catch {
    let failure = CommandFailure(describing: error)
    Screen.process.note("error: \(failure.message)")
    throw ExitCode(failure.code.rawValue)
  }
}

extension CommandFailure {
  init(describing error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as ClientError:
      if case .unreachable = error {
        self.init(code: .unreachable, message: "\(error)")
      } else {
        self.init(code: .refused, message: "\(error)")
      }
    case is CancellationError: self.init(code: .interrupted, message: "interrupted")
    default: self.init(code: .refused, message: "\(APIError(describing: error))")
    }
  }
}

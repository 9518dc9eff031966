import Foundation
import Hummingbird
import Registry
import Wire

extension Routes {
  /// What models are measured by besides their loss.
  static func addEvaluationRoutes(to group: RouterGroup<DaemonContext>, _ desk: Desk) {
    group.post("/evaluations") { request, _ in
      let evaluation = try await JSONBody.decode(EvaluationSubmission.self, from: request)
      return try JSONBody.response(try await desk.record(evaluation))
    }
    group.get("/evaluations") { request, _ in
      let filter = try EvaluationFilter(
        query: request.uri.queryParameters.map { (String($0.key), String($0.value)) })
      return try JSONBody.response(try await desk.registry.evaluations(filter))
    }
  }
}

/// The filter as the query of `GET /v1/evaluations`, for both sides.
extension EvaluationFilter {
  /// Its parameters, those that are set.
  var queryItems: [URLQueryItem] {
    let texts =
      runs.map { ("run", "\($0)") }
      + [("study", study), ("suite", suite?.rawValue)].compactMap {
        name, value in value.map { (name, $0) }
      } + (withSamples ? [("samples", "true")] : [])
    return texts.map { URLQueryItem(name: $0, value: $1) }
  }

  /// Reads a query's parameters; `run` may come more than once.
  ///
  /// - Throws: `APIError.invalid` for one that is unknown or has no meaning.
  init(query: [(String, String)]) throws {
    self.init()
    for (name, value) in query {
      switch name {
      case "run":
        guard let run = Int64(value) else {
          throw APIError(.invalid, "run=\(value) is no run", hint: "write its number")
        }
        runs.append(run)
      case "study": study = value
      case "suite":
        guard let known = Suite(rawValue: value) else {
          throw APIError(
            .invalid, "suite=\(value) is no suite",
            hint: "the suites are \(Suite.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        suite = known
      case "samples":
        guard let flag = Bool(value) else {
          throw APIError(.invalid, "samples=\(value) is no flag", hint: "write true or false")
        }
        withSamples = flag
      default:
        throw APIError(
          .invalid, "evaluations have no filter `\(name)`",
          hint: "the filters are run, study, suite and samples")
      }
    }
  }
}

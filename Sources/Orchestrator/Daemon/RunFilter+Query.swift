import Foundation
import Registry
import Wire

/// The filter as the query of `GET /v1/runs`, for both sides.
extension RunFilter {
  /// Its parameters, those that are set.
  var queryItems: [URLQueryItem] {
    let texts = [
      ("study", study), ("grid", grid), ("family", family), ("state", state?.rawValue),
      ("limit", "\(limit)"), ("offset", "\(offset)"),
    ]
    return texts.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
  }

  /// Reads a query's parameters.
  ///
  /// - Throws: `APIError.invalid` for one that is unknown or has no meaning.
  init(query: [(String, String)]) throws {
    self.init()
    for (name, value) in query {
      switch name {
      case "study": study = value
      case "grid": grid = value
      case "family": family = value
      case "state":
        guard let known = RunState(rawValue: value) else {
          throw APIError(
            .invalid, "state=\(value) is no state of a run",
            hint: "the states are \(RunState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        state = known
      case "limit": limit = try Self.count(name, value)
      case "offset": offset = try Self.count(name, value)
      default:
        throw APIError(
          .invalid, "runs have no filter `\(name)`",
          hint: "the filters are study, grid, family, state, limit and offset")
      }
    }
  }

  private static func count(_ name: String, _ value: String) throws -> Int {
    guard let number = Int(value), number >= 0 else {
      throw APIError(.invalid, "\(name)=\(value) is no count", hint: "write a whole number")
    }
    return number
  }
}

import Corpus
import Experiment
import GridFile
import Hummingbird
import Logging
import Registry
import ScalingLaws
import Wire

/// The one place where an error becomes a reply.
struct RefusalMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: DaemonContext,
    next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let refusal = APIError(describing: error)
      if refusal.code == .internal {
        context.logger.error("request failed", metadata: ["error": "\(error)"])
      }
      var reply = try JSONBody.response(refusal, status: .init(code: refusal.code.status))
      if refusal.code == .unauthenticated { reply.headers[.wwwAuthenticate] = "Bearer" }
      if let seconds = refusal.retryAfterSeconds { reply.headers[.retryAfter] = "\(seconds)" }
      return reply
    }
  }
}

extension APIError {
  /// What a caller is told of `error`.
  init(describing error: any Error) {
    self =
      switch error {
      case let error as APIError: error
      case let error as RegistryError: APIError(error)
      case let error as GridFileError: APIError(.refused, "\(error)")
      case let error as ExpansionError: APIError(.refused, "\(error)")
      case let error as CorpusError: APIError(.refused, "\(error)")
      case let error as ScalingLawsError: APIError(.refused, "\(error)")
      case let error as HTTPError:
        APIError(
          error.status == .notFound ? .notFound : .invalid,
          error.body ?? "\(error.status)", hint: "docs/http.md lists the routes")
      default: APIError(.internal, "\(error)")
      }
  }
}

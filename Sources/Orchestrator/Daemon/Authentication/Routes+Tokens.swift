import Hummingbird
import Wire

extension Routes {
  static func addTokenRoutes(to group: RouterGroup<DaemonContext>, _ desk: Desk) {
    group.get("/tokens") { _, _ in
      try JSONBody.response(try await desk.tokenRows())
    }
    group.post("/tokens") { request, _ in
      let wish = try await JSONBody.decode(TokenRequest.self, from: request)
      return try JSONBody.response(try await desk.createToken(wish))
    }
    group.delete("/tokens/:name") { _, context in
      try await desk.revokeToken(try context.parameters.require("name"))
      return Response(status: .noContent)
    }
  }
}

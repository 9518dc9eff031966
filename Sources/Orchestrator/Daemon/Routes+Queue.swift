import Foundation
import Hummingbird
import NIOCore
import Registry
import Wire

extension Routes {
  /// What people ask of the queue: who is served, who is not, and why.
  static func addQueueRoutes(to group: RouterGroup<DaemonContext>, _ desk: Desk) {
    group.post("/pause") { request, _ in
      let pause = try await JSONBody.decode(PauseRequest.self, from: request)
      return try JSONBody.response(try await desk.pause(pause, true))
    }
    group.post("/resume") { request, _ in
      let resume = try await JSONBody.decode(PauseRequest.self, from: request)
      return try JSONBody.response(try await desk.pause(resume, false))
    }
    group.post("/retry") { request, _ in
      let retry = try await JSONBody.decode(RetryRequest.self, from: request)
      return try JSONBody.response(try await desk.retry(retry))
    }
    group.get("/studies/:study") { _, context in
      let study = try name("study", context)
      return try JSONBody.response(try await desk.queue(ofStudy: study))
    }
    group.put("/studies/:study") { request, context in
      let change = try await JSONBody.decode(StudyChange.self, from: request)
      let study = try name("study", context)
      return try JSONBody.response(try await desk.change(study: study, change))
    }
    group.get("/nodes") { _, _ in
      try JSONBody.response(try await desk.registry.nodes())
    }
    group.post("/nodes/:host/clear") { _, context in
      let host = try name("host", context)
      return try JSONBody.response(try await desk.clear(host: host))
    }
    group.get("/runs/:id/explanation") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await desk.explanation(run: id))
    }
    group.get("/grids/:id/explanation") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await desk.explanation(grid: id))
    }
  }

  /// A part of the path that is a name, as it was before it was escaped.
  private static func name(_ parameter: String, _ context: DaemonContext) throws -> String {
    let text = try context.parameters.require(parameter)
    return text.removingPercentEncoding ?? text
  }
}

extension OpenAPI {
  /// The document as the daemon serves it.
  static func response() throws -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: try document())))
  }
}

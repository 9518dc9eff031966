import Foundation
import Hummingbird
import Registry
import Wire

/// What people do with webhooks through the daemon.
struct WebhookDesk: Sendable {
  var service: WebhookService

  private var registry: Registry { service.registry }

  func list() async throws -> [WebhookRow] { try await registry.webhooks().map(WebhookRow.init) }

  /// Registers a webhook. What is wrong with the request is refused before anything is stored.
  func add(_ request: WebhookRequest) async throws -> WebhookRow {
    let place = WebhookRow.place(of: request.url)
    guard place != nil else {
      throw APIError(
        .invalid, "the address is not http:// or https:// with a host",
        hint: "write it as https://HOST/PATH")
    }
    guard !request.events.isEmpty else {
      throw APIError(.invalid, "no event is named", hint: Self.known)
    }
    let kinds = try request.events.map { name in
      guard let kind = RegistryEvent.Kind(name: name) else {
        throw APIError(.invalid, "there is no event '\(name)'", hint: Self.known)
      }
      return kind
    }
    if let file = request.secretFile {
      guard file.hasPrefix("/") else {
        throw APIError(
          .invalid, "the secret file \(file) is no full path", hint: "begin it with a slash")
      }
      _ = try WebhookMessage.key(in: file)
    }
    let id = try await registry.addWebhook(
      url: request.url, kinds: kinds, secretFile: request.secretFile, now: service.clock.now())
    return try await row(id)
  }

  func remove(_ id: Int64) async throws { try await registry.removeWebhook(id) }

  /// Tries again at once, also a webhook that was set aside.
  func resume(_ id: Int64) async throws -> WebhookRow {
    try await registry.resumeWebhook(id)
    await service.news.raise()
    return try await row(id)
  }

  /// Sends a message about nothing; the webhook's place in the log stays.
  func test(_ id: Int64) async throws -> WebhookAnswer {
    let hook = try await hook(id)
    let message = try WebhookMessage(
      testing: id, now: service.clock.now(), key: try hook.secretFile.map(WebhookMessage.key(in:)))
    return try await service.delivery.problem(posting: message, to: hook.url)
  }

  private func hook(_ id: Int64) async throws -> Webhook {
    guard let hook = try await registry.webhooks().first(where: { $0.id == id }) else {
      throw RegistryError.unknownWebhook(id)
    }
    return hook
  }

  private func row(_ id: Int64) async throws -> WebhookRow { WebhookRow(try await hook(id)) }

  private static let known =
    "known are " + RegistryEvent.Kind.allCases.map(\.name).joined(separator: ", ")
}

extension WebhookDesk {
  func addRoutes(to group: RouterGroup<DaemonContext>) {
    group.get("/webhooks") { _, _ in try JSONBody.response(try await self.list()) }
    group.post("/webhooks") { request, _ in
      let hook = try await JSONBody.decode(WebhookRequest.self, from: request)
      return try JSONBody.response(try await self.add(hook))
    }
    group.delete("/webhooks/:id") { _, context in
      try await self.remove(try context.parameters.require("id", as: Int64.self))
      return Response(status: .noContent)
    }
    group.post("/webhooks/:id/resume") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await self.resume(id))
    }
    group.post("/webhooks/:id/test") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await self.test(id))
    }
  }
}

extension WebhookRow {
  fileprivate init(_ hook: Webhook) {
    self.init(
      id: hook.id, place: Self.place(of: hook.url) ?? "", events: hook.kinds.map(\.name),
      isSigned: hook.secretFile != nil,
      state: hook.isSetAside ? .setAside : hook.failures > 0 ? .retrying : .delivering,
      delivered: hook.delivered, deliveredAt: hook.deliveredAt, failures: hook.failures,
      nextAt: hook.isSetAside ? nil : hook.nextAt, problem: hook.problem)
  }

  /// Scheme, host and port of a web address: what follows may be a secret.
  fileprivate static func place(of url: String) -> String? {
    guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
      let scheme = parts.scheme, scheme == "http" || scheme == "https"
    else { return nil }
    return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
  }
}

import Foundation
import NIOCore
import Testing
import Wire

@testable import Orchestrator

@Suite("A connection that says too little or too much is closed", .serialized)
struct ListenerTests {
  private func withDaemon(
    _ listener: Listener, _ body: (GuardedDaemon) async throws -> Void
  ) async throws {
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder, requiresTokens: false, listener: listener, body)
    }
  }

  @Test("silence, and a head that never ends, are closed after the idle time")
  func silence() async throws {
    try await withDaemon(Listener(idle: .milliseconds(200))) { daemon in
      let silent = try RawConnection(port: daemon.port)
      let slow = try RawConnection(port: daemon.port)
      slow.send(Data("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".utf8))
      let started = ContinuousClock.now
      #expect(await silent.rest().isEmpty)
      #expect(await slow.rest().isEmpty)
      #expect(started.duration(to: .now) < .seconds(10))
    }
  }

  @Test("a body that trickles is closed though it is never idle")
  func trickle() async throws {
    try await withDaemon(Listener(grace: .milliseconds(300))) { daemon in
      let connection = try RawConnection(port: daemon.port)
      connection.send(
        Data(
          """
          POST /v1/sql HTTP/1.1\r
          Host: 127.0.0.1\r
          Content-Length: 1000000\r
          \r

          """.utf8))
      let sender = Task.detached {
        var sent = 0
        while connection.send(Data("x".utf8)), sent < 1_000_000 {
          sent += 1
          try await Task.sleep(for: .milliseconds(10))
        }
        return sent
      }
      #expect(await connection.rest().isEmpty)
      #expect(try await sender.value < 1_000_000)
    }
  }

  @Test("more connections than the limit wait until one closes")
  func connections() async throws {
    try await withDaemon(Listener(connections: 2)) { daemon in
      var first: RawConnection? = try RawConnection(port: daemon.port)
      let request = Data("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
      first?.send(request)
      #expect(await first?.status() == 200)
      let second = try RawConnection(port: daemon.port)
      second.send(request)
      #expect(await second.status() == 200)
      let third = try RawConnection(port: daemon.port)
      third.send(request)
      let answered = Task { await third.status() }
      first = nil
      #expect(await answered.value == 200)
    }
  }

  @Test("loopback is told from every other address")
  func loopback() {
    for host in ["127.0.0.1", "127.9.8.7", "::1", "localhost"] {
      #expect(Listener.isLoopback(host), "\(host)")
    }
    for host in [
      "0.0.0.0", "::", "192.168.0.1", "127.evil.example", "localhost.evil.example", "", "127.1",
      "::ffff:127.0.0.1",
    ] {
      #expect(!Listener.isLoopback(host), "\(host)")
    }
  }
}

import Foundation
import Registry
import Testing
import Wire

@Suite("No secret is seen in a log, a process list or a trainer's environment", .serialized)
struct SecretsTests {
  /// A trainer that writes down what it was given, says what a trainer says and ends.
  private static let trainer = """
    #!/bin/sh
    env > environment.txt
    tr '\\0' '\\n' < /proc/$PPID/cmdline > parent.txt
    echo '{"event":"started","parameters":1,"active_parameters":1}'
    echo '{"event":"finished","loss":4.0,"validation_loss":4.1,"tokens":256,"flops":1e9,"seconds":1}'
    """

  /// The words of every process on this machine whose command line has one of `paths`.
  private func commandLines(with path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { Int($0) != nil }.compactMap { name in
      let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
      let text = String(decoding: data, as: UTF8.self).replacing("\0", with: " ")
      return text.contains(path) ? text : nil
    }
  }

  @Test("daemon, worker, trainer and a command over TLS with tokens leave no trace of them")
  func programs() async throws {
    let laboratory = try Laboratory()
    let folder = laboratory.folder
    let certificates = try Certificates(in: folder)
    try certificates.sign("daemon")
    let script = folder.appending(path: "probe.sh")
    try Data(Self.trainer.utf8).write(to: script)
    chmod(script.path, 0o700)
    try Data((Laboratory.grid + "\ntrainer: probe\n").utf8).write(to: laboratory.gridFile)

    func token(_ role: String) async throws -> String {
      let made = try await Program(
        "orchestrator",
        ["token", "create", role, "--role", role, "--registry", laboratory.registry.path]
      ).result()
      #expect(made.code == 0)
      let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let file = folder.appending(path: "\(role).token")
      try Data((token + "\n").utf8).write(to: file)
      chmod(file.path, 0o600)
      return token
    }
    let secrets = [try await token("admin"), try await token("worker")]

    let daemonLog = folder.appending(path: "daemon.log")
    let workerLog = folder.appending(path: "worker.log")
    let daemon = try Program(
      "orchestrator",
      [
        "serve", "--host", "0.0.0.0", "--port", "0", "--data", folder.path, "--log-level", "debug",
        "--tls-certificate", certificates.path("daemon.pem"), "--tls-key",
        certificates.path("daemon.key"),
      ], log: daemonLog)
    let serving = try #require(await daemon.line(containing: "serving"))
    let port = try #require(serving.split(separator: ":").last)
    let url = "https://127.0.0.1:\(port)"
    let trust = ["--ca", certificates.path("ca.pem")]

    let worker = try Program(
      "worker",
      [
        "--connect", url, "--data", folder.path, "--verbose", "--trainer", "probe=\(script.path)",
        "--token-file", folder.appending(path: "worker.token").path,
      ] + trust, log: workerLog)
    // The worker's name for its environment: a command is given its token that way.
    let submit = try Program(
      "orchestrator", ["submit", laboratory.gridFile.path, "--url", url] + trust,
      environment: ["ORCHESTRATOR_TOKEN": secrets[0]])
    #expect(await submit.result().code == 0)
    #expect(await worker.line(containing: "finished at loss") != nil)

    let lines = commandLines(with: folder.path)
    #expect(lines.count >= 2)
    worker.signal(SIGTERM)
    _ = await worker.result()
    let status = try await Program(
      "orchestrator", ["status", "--json", "--url", url] + trust,
      environment: [
        "ORCHESTRATOR_TOKEN": secrets[0].dropLast() + (secrets[0].hasSuffix("0") ? "1" : "0")
      ]
    ).result()
    #expect(status.code == 1)
    daemon.signal(SIGTERM)
    _ = await daemon.result()

    let environment = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: "runs").path)
        .first { $0.hasSuffix("environment.txt") })
    var texts = try [
      daemonLog, workerLog, folder.appending(path: "runs/\(environment)"),
    ].map { try String(contentsOf: $0, encoding: .utf8) }
    #expect(texts.allSatisfy { !$0.isEmpty })
    #expect(!texts[2].contains("ORCHESTRATOR_TOKEN"))
    texts += lines
    // Nothing but the files that hold them: not the registry, its log nor any run's folder.
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where !name.hasSuffix(".token") {
      let data = FileManager.default.contents(atPath: folder.appending(path: name).path) ?? Data()
      texts.append(String(decoding: data, as: UTF8.self))
    }
    for secret in secrets {
      #expect(secret.hasPrefix("orch_"))
      for text in texts { #expect(!text.contains(secret.dropFirst(5).prefix(16))) }
    }
    withExtendedLifetime(laboratory) {}
  }

  @Test("beyond loopback a daemon without a certificate or an administrator's token does not start")
  func refusals() async throws {
    try await GuardedDaemon.withFolder { folder in
      let certificates = try Certificates(in: folder)
      try certificates.sign("daemon")
      let open = try Program(
        "orchestrator", ["serve", "--host", "0.0.0.0", "--port", "0", "--data", folder.path])
      #expect(await open.line(containing: "TLS alone") != nil)
      #expect(await open.result().code == 64)
      let strange = try Program(
        "orchestrator",
        [
          "serve", "--host", "0.0.0.0", "--port", "0", "--data", folder.path, "--tls-certificate",
          certificates.path("daemon.pem"), "--tls-key", certificates.path("daemon.key"),
        ])
      #expect(await strange.line(containing: "orchestrator token create") != nil)
      #expect(await strange.result().code == 1)
    }
  }
}

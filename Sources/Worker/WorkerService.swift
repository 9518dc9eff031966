import Client
import Foundation
import Logging
import Wire

/// A worker's life: it introduces itself, fills its slots, and says good-bye.
struct WorkerService: Sendable {
  let settings: WorkerSettings
  let link: DaemonLink

  /// Works until the task is cancelled. Throws when the daemon refuses the worker.
  func run() async throws(ClientError) {
    let welcome: WorkerWelcome
    do {
      welcome = try await link.ask { client throws(ClientError) in
        try await client.register(registration)
      }
    } catch .cancelled {
      return
    }
    link.log.info("worker \(settings.id) serves with \(settings.slots) slots")
    await Leftovers(runs: settings.runs, node: settings.folder?.node, link: link).deliver()
    await withTaskGroup { group in
      group.addTask {
        await CheckpointRetention(runs: settings.runs, link: link).run()
      }
      for number in 1...settings.slots {
        group.addTask {
          var slot = Slot(
            number: number, settings: settings, link: link,
            period: .seconds(welcome.reportSeconds), register: registerAgain)
          await slot.run()
        }
      }
    }
    await Farewell(limit: settings.farewell, clock: link.retry.clock).run {
      _ = try? await link.askOnce { client throws(ClientError) in
        try await client.goodbye(worker: settings.id)
      }
    }
  }

  private func registerAgain() async {
    _ = try? await link.ask { client throws(ClientError) in
      try await client.register(registration)
    }
  }

  private var registration: WorkerRegistration {
    WorkerRegistration(
      id: settings.id, host: settings.host, pid: Int(ProcessInfo.processInfo.processIdentifier),
      slots: settings.slots, version: WorkerVersion.current, offer: settings.offer,
      folder: settings.folder)
  }
}

import Experiment
import Foundation
import Supervision
import Wire

/// One execution of a leased run, from its run directory to its outcome.
struct Attempt: Sendable {
  /// How it ended for the daemon.
  enum Conclusion: Hashable, Sendable {
    case outcome(Outcome)
    /// The lease is gone: nobody waits for an outcome.
    case lost
  }

  let lease: Lease
  let settings: WorkerSettings
  let link: DaemonLink
  let period: Duration

  /// Trains, reporting meanwhile. When the task is cancelled the trainer is asked to leave.
  func run() async -> (Conclusion, Outbox) {
    guard !Task.isCancelled else {
      return (.outcome(.released(reason: Self.leaving)), Outbox(lease))
    }
    guard let devices = settings.gpus.take(lease.grant) else {
      return (.outcome(Self.failed(.node, "this worker has no such GPUs free")), Outbox(lease))
    }
    defer { settings.gpus.giveBack(devices) }
    do {
      let command = try settings.trainers.command(for: lease.spec.trainer)
      let directory = try RunDirectory(for: lease, under: settings.runs)
      let launch = TrainerLaunch(
        command: command, directory: directory.url, data: settings.data,
        earlier: directory.earlier(of: lease.earlier),
        environment: settings.environment(for: lease.grant, devices: devices), grace: settings.grace
      )
      let outbox = Outbox(
        lease, spool: directory.spool, node: settings.folder?.node, log: link.log)
      return (await train(launch, outbox), outbox)
    } catch let error as CatalogueError {
      return (.outcome(Self.failed(.start, "\(error)")), Outbox(lease))
    } catch {
      // Its folder cannot be made: the disk is at fault, not the run.
      return (.outcome(Self.failed(.node, "\(error)")), Outbox(lease))
    }
  }

  private static func failed(_ kind: FailureClass, _ message: String) -> Outcome {
    .failed(.init(kind: kind, message: message))
  }

  private static let leaving = "the worker leaves"

  private func train(_ launch: TrainerLaunch, _ outbox: Outbox) async -> Conclusion {
    let fetch = CorpusFetch(lease.spec.corpus, into: settings.data, link: link)
    if fetch.isNeeded {
      switch await accompany(fetch, outbox) {
      case .ended(nil): break
      case .ended(let outcome?): return .outcome(outcome)
      case .cut(let conclusion): return conclusion
      }
    }
    switch await accompany(TrainerProcess(launch) { outbox.gather($0) }, outbox) {
    case .ended(let outcome): return .outcome(outcome)
    case .cut(let conclusion): return conclusion
    }
  }

  /// How a part of the attempt went: to its own end, or it was ended for good.
  private enum Course<Ending> {
    case ended(Ending)
    case cut(Conclusion)
  }

  /// Does a part of the attempt and reports meanwhile, which keeps the lease.
  private func accompany<Work: Undertaking>(
    _ work: Work, _ outbox: Outbox
  ) async -> Course<Work.Ending> {
    let reporter = Reporter(
      outbox: outbox, link: link, period: period, orphanLimit: settings.orphanLimit)
    return await withTaskCancellationHandler {
      // A task of its own: a worker that leaves keeps the lease until its trainer has left.
      let reporting = Task { await reporter.run(work) }
      let ending = await work.run()
      reporting.cancel()
      switch await reporting.value {
      case .lost: return .cut(.lost)
      case .refused(let refusal):
        outbox.discard()
        let message = "the daemon refused what the trainer reported: \(refusal)"
        return .cut(.outcome(Self.failed(.protocol, message)))
      case .accepted: return .ended(ending)
      }
    } onCancel: {
      work.release(reason: Self.leaving)
    }
  }
}

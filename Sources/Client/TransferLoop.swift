import CCurl
import Foundation
import Synchronization

/// libcurl's multi interface on a thread of its own: any number of requests at once, none of which
/// blocks Swift's shared threads, each of which can be cancelled at any moment.
final class TransferLoop: Sendable {
  private let core = Core()

  init() {
    let thread = Thread { [core] in core.run() }
    thread.name = "http"
    thread.start()
  }

  deinit { core.stop() }

  /// Sends a request and waits for the whole reply.
  func perform(
    _ request: HTTPRequest, _ configuration: ClientConfiguration
  ) async throws(ClientError) -> HTTPResponse {
    let ticket = core.newTicket()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let transfer = Transfer(request, configuration) { continuation.resume(returning: $0) }
        core.start(transfer, ticket)
        // The handler below may have run before there was anything to cancel.
        if Task.isCancelled { core.cancel(ticket) }
      }
    } onCancel: {
      core.cancel(ticket)
    }
    return try result.get()
  }
}

extension TransferLoop {
  /// What the thread and its users share. The multi handle is the thread's alone, but for
  /// `curl_multi_wakeup`, which any thread may call.
  fileprivate final class Core: @unchecked Sendable {
    typealias Ticket = Int

    private struct Inbox {
      var nextTicket = 0
      var starting: [(Ticket, Transfer)] = []
      var cancelled: [Ticket] = []
      var stopped = false
    }

    /// libcurl asks to be set up once, before threads use it.
    private static let setUp = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())
    private var running: [Ticket: Transfer] = [:]

    init() {
      precondition(Self.setUp == CURLE_OK, "libcurl cannot be set up")
      multi = curl_multi_init()
    }

    deinit { curl_multi_cleanup(multi) }

    func newTicket() -> Ticket {
      inbox.withLock {
        $0.nextTicket += 1
        return $0.nextTicket
      }
    }

    func start(_ transfer: Transfer, _ ticket: Ticket) {
      inbox.withLock { $0.starting.append((ticket, transfer)) }
      curl_multi_wakeup(multi)
    }

    func cancel(_ ticket: Ticket) {
      inbox.withLock { $0.cancelled.append(ticket) }
      curl_multi_wakeup(multi)
    }

    func stop() {
      inbox.withLock { $0.stopped = true }
      curl_multi_wakeup(multi)
    }

    func run() {
      while readInbox() {
        var active: Int32 = 0
        curl_multi_perform(multi, &active)
        finishCompleted()
        curl_multi_poll(multi, nil, 0, 60_000, nil)
      }
    }

    /// Starts and cancels what was asked for; false when the thread is to end. A `TransferLoop` that
    /// goes away has no callers left, so nothing is running then.
    private func readInbox() -> Bool {
      inbox.withLock { inbox in
        for (ticket, transfer) in inbox.starting {
          running[ticket] = transfer
          curl_multi_add_handle(multi, transfer.handle)
        }
        inbox.starting = []
        for ticket in inbox.cancelled { remove(ticket)?.cancel() }
        inbox.cancelled = []
        return !inbox.stopped
      }
    }

    private func remove(_ ticket: Ticket) -> Transfer? {
      guard let transfer = running.removeValue(forKey: ticket) else { return nil }
      curl_multi_remove_handle(multi, transfer.handle)
      return transfer
    }

    private func finishCompleted() {
      var left: Int32 = 0
      while let message = curl_multi_info_read(multi, &left) {
        guard message.pointee.msg == CURLMSG_DONE else { continue }
        let code = ccurl_result(message)
        let handle = message.pointee.easy_handle
        guard let ticket = running.first(where: { $0.value.handle == handle })?.key else {
          continue
        }
        remove(ticket)?.finish(code)
      }
    }
  }
}

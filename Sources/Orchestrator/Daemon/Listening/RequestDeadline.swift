import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request's body does not arrive in good time: `grace`, and more only for
/// as long as it comes at a fair pace. One that trickles would hold its connection for ever.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  /// Bytes a second of a request that takes longer, on average over the whole of it.
  static let pace: Int64 = 64 << 10

  private let grace: TimeAmount
  private var started: NIODeadline?
  private var received: Int64 = 0
  private var timer: Scheduled<Void>?

  init(grace: TimeAmount) { self.grace = grace }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      started = context.eventLoop.now
      received = 0
    case .body(let bytes): received += Int64(bytes.readableBytes)
    case .end: stop()
    }
    context.fireChannelRead(data)
  }

  /// Most requests have arrived whole by now, and need no timer.
  func channelReadComplete(context: ChannelHandlerContext) {
    if started != nil, timer == nil { watch(context) }
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  private func stop() {
    started = nil
    timer?.cancel()
    timer = nil
  }

  private func watch(_ context: ChannelHandlerContext) {
    guard let deadline else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      guard let deadline = self.deadline else { return }
      if context.eventLoop.now >= deadline {
        context.close(promise: nil)
      } else {
        self.watch(context)
      }
    }
  }

  /// When the request that is arriving has to be there; it moves on with what arrives.
  private var deadline: NIODeadline? {
    started.map { $0 + grace + .milliseconds(received * 1000 / Self.pace) }
  }
}

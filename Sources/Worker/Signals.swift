import Dispatch
import Glibc

/// Signals as values, in place of their default effect.
enum Signals {
  /// Each arrival of one of `numbers`, from now on.
  static func arrivals(of numbers: [Int32]) -> AsyncStream<Int32> {
    AsyncStream { continuation in
      let sources = numbers.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
      }
      continuation.onTermination = { _ in for source in sources { source.cancel() } }
    }
  }
}

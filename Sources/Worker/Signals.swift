@preconcurrency import Dispatch
import Foundation
import Glibc

/// Signals as values, in place of their default effect.
enum Signals {
  /// Each arrival of one of `numbers`, from now on. The end of standard input counts as the first of
  /// them when that is asked for: a parent that holds the other end of a pipe ends this process by
  /// ending itself, however it ends.
  static func arrivals(of numbers: [Int32], orEndOfInput: Bool) -> AsyncStream<Int32> {
    AsyncStream { continuation in
      if orEndOfInput {
        // A thread of its own: the read lasts as long as the process.
        Thread {
          var byte: UInt8 = 0
          var count = 1
          while count > 0 || (count < 0 && errno == EINTR) { count = read(STDIN_FILENO, &byte, 1) }
          continuation.yield(numbers[0])
        }.start()
      }
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

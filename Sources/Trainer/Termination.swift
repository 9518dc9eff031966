import Glibc
import Synchronization

private let requested = Atomic(false)

/// The wish of whoever started this process that it save its work and leave: SIGTERM.
enum Termination {
  /// Takes SIGTERM as a wish from now on, in place of its default effect.
  static func watch() {
    // Made before a handler uses it: making it is nothing for a handler to do.
    requested.store(false, ordering: .relaxed)
    signal(SIGTERM) { _ in requested.store(true, ordering: .relaxed) }
  }

  /// Whether it has come.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }
}

import Glibc
import Synchronization

/// What whoever started a training process may ask of it between two steps.
enum Wish {
  case goOn
  /// Write a checkpoint and go on.
  case save
  /// Write a checkpoint and leave.
  case leave
}

private let wantsToSave = Atomic(false)
private let wantsToLeave = Atomic(false)

/// Wishes that come as signals: SIGUSR1 to save, SIGTERM to leave.
enum SignalledWishes {
  /// Takes both signals as wishes from now on, in place of their default effect.
  static func watch() {
    // Made before a handler uses them: making them is nothing for a handler to do.
    wantsToSave.store(false, ordering: .relaxed)
    wantsToLeave.store(false, ordering: .relaxed)
    signal(SIGUSR1) { _ in wantsToSave.store(true, ordering: .relaxed) }
    signal(SIGTERM) { _ in wantsToLeave.store(true, ordering: .relaxed) }
  }

  /// The wish that has come, if any; one to save is told once, one to leave stays.
  static var next: Wish {
    if wantsToLeave.load(ordering: .relaxed) { return .leave }
    return wantsToSave.exchange(false, ordering: .relaxed) ? .save : .goOn
  }
}

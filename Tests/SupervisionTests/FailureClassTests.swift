import Testing
import Wire

@testable import Supervision

@Suite("What ended a trainer is told by its exit and its last words")
struct FailureClassTests {
  @Test(
    "each way",
    arguments: [
      (.code(1), "ValueError: no such key", .code),
      (.code(0), "", .code),
      (.code(137), "", .outOfMemory),
      (.code(1), "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", .outOfMemory),
      (.signal(6), "terminate called after throwing an instance of 'std::bad_alloc'", .outOfMemory),
      (.signal(9), "", .signal),
      (.signal(9), "step 3\n\(MemoryEvents.words)", .outOfMemory),
      (.signal(11), MemoryEvents.words, .signal),
      (.code(1), "OSError: [Errno 28] No space left on device", .node),
      (.code(1), "RuntimeError: no CUDA-capable device is detected", .node),
      (.signal(11), "", .signal),
      (.notStarted(reason: "no program"), "", .start),
    ] as [(Trial.Exit, String, FailureClass)])
  func classes(exit: Trial.Exit, log: String, expected: FailureClass) {
    #expect(FailureClass(exit, log: log) == expected)
  }
}

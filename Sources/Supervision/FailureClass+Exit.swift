import Glibc
import Wire

extension FailureClass {
  /// What an exit that is no result means, `log` being the end of what the trainer wrote.
  ///
  /// Out of memory: killed, or ended with 137 as a shell reports that, where the kernel's memory
  /// killer has been at work; or the words of an allocator. The node: words of a disk or a device that
  /// no other run on this machine would be spared.
  init(_ exit: Trial.Exit, log: String) {
    func says(_ words: [String]) -> Bool { words.contains { log.contains($0) } }
    switch exit {
    case .notStarted: self = .start
    case .code(137): self = .outOfMemory
    case .signal(SIGKILL) where log.contains(MemoryEvents.words): self = .outOfMemory
    case .code, .signal:
      if says(Self.memoryWords) {
        self = .outOfMemory
      } else if says(Self.nodeWords) {
        self = .node
      } else if case .signal = exit {
        self = .signal
      } else {
        self = .code
      }
    }
  }

  private static let memoryWords = [
    "CUDA out of memory", "torch.OutOfMemoryError", "CUDA_ERROR_OUT_OF_MEMORY",
    "std::bad_alloc", "MemoryError", "Cannot allocate memory", "Out of memory", "oom-kill",
  ]

  private static let nodeWords = [
    "No space left on device", "Read-only file system", "Input/output error", "Stale file handle",
    "no CUDA-capable device", "uncorrectable ECC error", "GPU has fallen off the bus",
    "CUDA driver version is insufficient",
  ]
}

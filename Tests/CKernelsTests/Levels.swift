import CKernels

/// The instruction sets of this processor, the highest last.
let levels = (ck_level_baseline.rawValue...ck_best_level().rawValue).map { ck_level(rawValue: $0) }

/// Runs `body` once with the kernels of each instruction set that the processor has.
func eachLevel(_ body: () throws -> Void) rethrows {
  defer { ck_use_level(ck_best_level()) }
  for level in levels {
    ck_use_level(level)
    try body()
  }
}

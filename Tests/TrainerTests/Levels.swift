import CKernels

/// Runs `body` once with the kernels of each instruction set that the processor has, by its name.
func eachLevel(_ body: (String) throws -> Void) rethrows {
  let best = ck_best_level()
  defer { ck_use_level(best) }
  for level in ck_level_baseline.rawValue...best.rawValue {
    ck_use_level(ck_level(rawValue: level))
    try body(String(cString: ck_instruction_set()))
  }
}

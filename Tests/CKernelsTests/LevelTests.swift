import CKernels
import Testing

@Suite("Levels of instruction sets")
struct LevelTests {
  @Test("a thread starts at the highest level, and each level has a name of its own")
  func names() {
    let best = String(cString: ck_instruction_set())
    var names: [String] = []
    eachLevel { names.append(String(cString: ck_instruction_set())) }
    #expect(names == Array(["baseline", "avx2", "avx512"].prefix(levels.count)))
    #expect(best == names.last)
  }

  @Test("a level that the processor lacks is refused and changes nothing")
  func refusal() {
    let before = String(cString: ck_instruction_set())
    let missing = ck_level(rawValue: ck_best_level().rawValue + 1)
    #expect(ck_use_level(missing) == 0)
    #expect(String(cString: ck_instruction_set()) == before)
  }
}

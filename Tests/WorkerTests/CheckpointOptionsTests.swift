import ArgumentParser
import Testing
import Trainer

@testable import Worker

@Suite("Options of checkpoints")
struct CheckpointOptionsTests {
  @Test(
    "without them there is a checkpoint each five minutes, the last two are kept, and the weights")
  func defaults() throws {
    let policy = try CheckpointOptions.parse([]).policy
    #expect(policy == CheckpointPolicy(steps: nil, seconds: 300, kept: 2, keepsWeights: true))
  }

  @Test(
    "a worker hands them to its native trainer as they are",
    arguments: [
      [], ["--checkpoint-minutes", "0.5"], ["--checkpoint-minutes", "0", "--discard-weights"],
      ["--checkpoint-steps", "7", "--checkpoints-kept", "1"],
    ])
  func handedOn(words: [String]) throws {
    let options = try CheckpointOptions.parse(words)
    #expect(try CheckpointOptions.parse(options.words).policy == options.policy)
  }

  @Test(
    "nonsense is refused",
    arguments: [
      ["--checkpoint-minutes=-1"], ["--checkpoint-minutes", "nan"], ["--checkpoint-steps=-1"],
      ["--checkpoints-kept", "0"],
    ])
  func refused(words: [String]) {
    #expect(throws: (any Error).self) { try CheckpointOptions.parse(words) }
  }
}

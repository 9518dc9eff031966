import Corpus

/// Tokens of whole sequences, one after the other, and the token that follows each.
final class TokenBatch {
  let sequences: Int
  let seqLen: Int
  let inputs: UnsafeMutableBufferPointer<Int32>
  let targets: UnsafeMutableBufferPointer<Int32>

  var tokens: Int { sequences * seqLen }

  init(sequences: Int, seqLen: Int) {
    self.sequences = sequences
    self.seqLen = seqLen
    inputs = .allocate(capacity: sequences * seqLen)
    targets = .allocate(capacity: sequences * seqLen)
    inputs.initialize(repeating: 0)
    targets.initialize(repeating: 0)
  }

  deinit {
    inputs.deallocate()
    targets.deallocate()
  }

  /// Fills every sequence with the window that `index` names for it.
  func load(_ windows: TokenWindows, vocab: Int, _ index: (Int) -> Int) {
    for sequence in 0..<sequences {
      let range = sequence * seqLen..<(sequence + 1) * seqLen
      windows.copy(
        index(sequence), inputs: .init(rebasing: inputs[range]),
        targets: .init(rebasing: targets[range]))
    }
    // A token outside the vocabulary would be read as an address.
    precondition(
      inputs.allSatisfy { 0 <= $0 && $0 < vocab } && targets.allSatisfy { 0 <= $0 && $0 < vocab },
      "a token lies outside the vocabulary")
  }
}

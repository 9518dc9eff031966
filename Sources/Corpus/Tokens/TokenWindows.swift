/// A token stream cut into training examples: windows of `seqLen` + 1 tokens at a stride of
/// `seqLen`, so that each token is predicted exactly once. The remainder at the end is left out.
public struct TokenWindows: Sendable {
  private let stream: TokenStream
  /// Tokens that a window predicts.
  public let seqLen: Int
  /// Whole windows.
  public let count: Int

  /// `seqLen` must be positive.
  public init(_ stream: TokenStream, seqLen: Int) {
    precondition(seqLen > 0, "seqLen must be positive")
    self.stream = stream
    self.seqLen = seqLen
    count = max(0, stream.count - 1) / seqLen
  }

  /// Windows over tokens in memory.
  public init(tokens: [UInt16], seqLen: Int) {
    self.init(TokenStream(tokens), seqLen: seqLen)
  }

  /// Writes window `index`: `inputs` [seqLen] and `targets` [seqLen], the inputs one token later.
  public func copy(
    _ index: Int, inputs: UnsafeMutableBufferPointer<Int32>,
    targets: UnsafeMutableBufferPointer<Int32>
  ) {
    precondition(index >= 0 && index < count, "window outside the stream")
    precondition(inputs.count == seqLen && targets.count == seqLen, "a buffer holds seqLen tokens")
    stream.copy(from: index * seqLen, into: inputs)
    stream.copy(from: index * seqLen + 1, into: targets)
  }
}

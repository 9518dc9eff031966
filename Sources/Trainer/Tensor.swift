/// One named parameter tensor: where it lies in the flat buffer, and how it is initialised.
struct Tensor: Equatable {
  /// How a tensor starts, and whether weight decay applies.
  enum Kind {
    /// One row a token.
    case embedding
    /// [fan_in, fan_out], applied as x·W.
    case weight
    /// One row a token, [fan_out, fan_in], applied as x·Wᵀ.
    case output
    /// A norm's gain: starts at one, does not decay.
    case gain
  }

  /// Its name, layer first: `1.experts.gate_up`.
  let name: String
  let kind: Kind
  /// Matrices of this shape that lie one after the other: the experts of a block, else 1.
  let stack: Int
  let rows: Int
  let columns: Int
  /// Its first number in the flat buffer.
  let offset: Int

  /// Inputs that each of its outputs sums over; nothing for a gain or an embedding.
  var fanIn: Int { kind == .output ? columns : rows }
  var count: Int { stack * rows * columns }
  var range: Range<Int> { offset..<offset + count }
}

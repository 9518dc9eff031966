import Foundation

/// Float32 numbers at a fixed address, aligned to a cache line, zero at first: all the memory of a
/// model is a handful of these.
final class FloatBuffer {
  let base: UnsafeMutablePointer<Float>
  let count: Int
  private static let hugePage = 2 << 20

  init(count: Int) {
    self.count = count
    let size = max(count, 1) * MemoryLayout<Float>.stride
    // The experts of a layer lie on thousands of small pages, more than the processor can look up at
    // once: a large buffer asks the kernel for huge ones.
    let isLarge = size >= 2 * Self.hugePage
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: isLarge ? Self.hugePage : 64)
    if isLarge { _ = madvise(bytes, size / Self.hugePage * Self.hugePage, MADV_HUGEPAGE) }
    base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { base.deallocate() }

  /// The whole of it.
  var elements: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// The matrix that `tensor` names; of a stack, the one at `index`.
  func matrix(_ tensor: Tensor, _ index: Int = 0) -> Matrix {
    Matrix(
      base + tensor.offset + index * tensor.rows * tensor.columns, rows: tensor.rows,
      columns: tensor.columns)
  }
}

/// Hands out consecutive, cache-line aligned parts of memory that it learns the size of first: the
/// same code runs once to measure and once to place.
struct Arena {
  private let buffer: FloatBuffer?
  private(set) var count = 0

  /// Measures when `buffer` is nil: the pointers that it hands out must then not be used.
  init(_ buffer: FloatBuffer?) { self.buffer = buffer }

  /// Room for `size` numbers.
  mutating func take(_ size: Int) -> UnsafeMutablePointer<Float> {
    defer { count += (size + 15) / 16 * 16 }
    guard let buffer else { return UnsafeMutablePointer(bitPattern: 64)! }
    return buffer.base + count
  }

  /// Room for `size` 32-bit indices.
  mutating func takeIndices(_ size: Int) -> UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(take(size)).bindMemory(to: Int32.self, capacity: size)
  }
}

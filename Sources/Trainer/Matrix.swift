import COneDNN

/// A row-major matrix in memory that someone else owns, rows `stride` numbers apart.
struct Matrix {
  let base: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let stride: Int
  /// Whether it stands for its transpose in a product.
  private(set) var isTransposed = false

  init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The same memory, read as the transpose by `multiply`.
  var transposed: Matrix {
    var other = self
    other.isTransposed.toggle()
    return other
  }

  var height: Int { isTransposed ? columns : rows }
  var width: Int { isTransposed ? rows : columns }
  fileprivate var flag: CChar { isTransposed ? 84 : 78 }  // "T", "N"
}

/// `c = a·b`, or `c += a·b` when it accumulates, in float32. One thread, no allocation of ours; equal
/// inputs give equal bits.
@inline(__always)
func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool = false) {
  precondition(a.height == c.rows && b.width == c.columns && a.width == b.height)
  if c.rows == 0 { return }
  let status = dnnl_sgemm(
    a.flag, b.flag, Int64(c.rows), Int64(c.columns), Int64(a.width), 1, a.base,
    Int64(a.stride), b.base, Int64(b.stride), accumulate ? 1 : 0, c.base, Int64(c.stride))
  precondition(status == dnnl_success, "oneDNN refused a matrix product")
}

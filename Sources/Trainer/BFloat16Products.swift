import CKernels
import COneDNN

/// Products of float32 matrices whose numbers are rounded to bfloat16 first; the sums are float32.
///
/// A product of two bfloat16 numbers is exact in float32, so that oneDNN's product of rounded numbers
/// kept as floats is the same up to the order of its sums: that is what runs where the processor has
/// no bfloat16, so that the rest of this path is tested there.
final class BFloat16Products {
  /// How the rounded numbers lie in memory.
  enum Storage {
    case bfloat16
    case float32
  }

  private let storage: Storage
  private let engine: dnnl_engine_t
  private let stream: dnnl_stream_t
  /// The rounded factors of the product in hand.
  private var left = FloatBuffer(count: 0)
  private var right = FloatBuffer(count: 0)
  /// A model has a handful of shapes, each made at its first product.
  private var known: [Shape: MatrixProduct] = [:]

  init(_ storage: Storage) {
    self.storage = storage
    engine = made { dnnl_engine_create($0, dnnl_cpu, 0) }
    let engine = engine
    stream = made { dnnl_stream_create($0, engine, dnnl_stream_default_flags.rawValue) }
  }

  deinit {
    known = [:]
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(engine)
  }

  /// `c = a·b`, or `c += a·b` when it accumulates.
  func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool) {
    precondition(a.height == c.rows && b.width == c.columns && a.width == b.height)
    if c.rows == 0 { return }
    let shape = Shape(
      rows: c.rows, columns: c.columns, inner: a.width, stride: c.stride,
      isLeftTransposed: a.isTransposed, isRightTransposed: b.isTransposed, accumulates: accumulate)
    let product = known[shape] ?? make(shape)
    product(round(a, into: &left), round(b, into: &right), c.base, on: stream)
  }

  private func make(_ shape: Shape) -> MatrixProduct {
    let product = MatrixProduct(
      shape, of: storage == .bfloat16 ? dnnl_bf16 : dnnl_f32, engine: engine)
    known[shape] = product
    return product
  }

  /// The rounded numbers of `matrix`, its rows one after the other.
  private func round(_ matrix: Matrix, into buffer: inout FloatBuffer) -> UnsafeMutableRawPointer {
    let count = matrix.rows * matrix.columns
    let floats = storage == .bfloat16 ? (count + 1) / 2 : count
    if buffer.count < floats { buffer = FloatBuffer(count: floats) }
    let numbers = UnsafeMutableRawPointer(buffer.base)
    switch storage {
    case .bfloat16:
      ck_to_bfloat16(
        matrix.base, matrix.stride, numbers.bindMemory(to: UInt16.self, capacity: count),
        matrix.rows, matrix.columns)
    case .float32:
      ck_round_to_bfloat16(
        matrix.base, matrix.stride, buffer.base, matrix.rows, matrix.columns)
    }
    return numbers
  }

  /// What distinguishes one product from another.
  fileprivate struct Shape: Hashable {
    let rows, columns, inner: Int
    /// Numbers from one row of the result to the next.
    let stride: Int
    let isLeftTransposed, isRightTransposed, accumulates: Bool
  }
}

/// oneDNN's product for one shape, with places for its three matrices.
private final class MatrixProduct {
  private let primitive: dnnl_primitive_t
  /// Left, right, result.
  private let memories: [dnnl_memory_t]
  private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>

  init(_ shape: BFloat16Products.Shape, of inputs: dnnl_data_type_t, engine: dnnl_engine_t) {
    let (rows, columns, inner) = (shape.rows, shape.columns, shape.inner)
    var left = description(
      rows, inner, inputs, shape.isLeftTransposed ? (1, rows) : (inner, 1))
    var right = description(
      inner, columns, inputs, shape.isRightTransposed ? (1, inner) : (columns, 1))
    var result = description(rows, columns, dnnl_f32, (shape.stride, 1))
    var operation = dnnl_matmul_desc_t()
    check(dnnl_matmul_desc_init(&operation, &left, &right, nil, &result))
    let attributes: dnnl_primitive_attr_t = made { dnnl_primitive_attr_create($0) }
    defer { dnnl_primitive_attr_destroy(attributes) }
    if shape.accumulates {
      let sum: dnnl_post_ops_t = made { dnnl_post_ops_create($0) }
      defer { dnnl_post_ops_destroy(sum) }
      check(dnnl_post_ops_append_sum(sum, 1))
      check(dnnl_primitive_attr_set_post_ops(attributes, sum))
    }
    let chosen: dnnl_primitive_desc_t = made {
      dnnl_primitive_desc_create($0, &operation, attributes, engine, nil)
    }
    defer { dnnl_primitive_desc_destroy(chosen) }
    primitive = made { dnnl_primitive_create($0, chosen) }
    // The places get their addresses before each product.
    memories = [left, right, result].map { description in
      made { memory in
        withUnsafePointer(to: description) { dnnl_memory_create(memory, $0, engine, nil) }
      }
    }
    arguments = .allocate(capacity: memories.count)
    for (index, argument) in [DNNL_ARG_SRC_0, DNNL_ARG_WEIGHTS_0, DNNL_ARG_DST_0].enumerated() {
      (arguments + index).initialize(to: .init(arg: argument, memory: memories[index]))
    }
  }

  deinit {
    arguments.deallocate()
    for memory in memories { dnnl_memory_destroy(memory) }
    dnnl_primitive_destroy(primitive)
  }

  func callAsFunction(
    _ left: UnsafeMutableRawPointer, _ right: UnsafeMutableRawPointer,
    _ result: UnsafeMutablePointer<Float>, on stream: dnnl_stream_t
  ) {
    check(dnnl_memory_set_data_handle(memories[0], left))
    check(dnnl_memory_set_data_handle(memories[1], right))
    check(dnnl_memory_set_data_handle(memories[2], result))
    check(dnnl_primitive_execute(primitive, stream, Int32(memories.count), arguments))
  }
}

private func description(
  _ rows: Int, _ columns: Int, _ type: dnnl_data_type_t, _ strides: (Int, Int)
) -> dnnl_memory_desc_t {
  var description = dnnl_memory_desc_t()
  let dimensions = [Int64(rows), Int64(columns)]
  let steps = [Int64(strides.0), Int64(strides.1)]
  check(dnnl_memory_desc_init_by_strides(&description, 2, dimensions, type, steps))
  return description
}

/// What a function of oneDNN makes.
private func made<Thing>(_ make: (UnsafeMutablePointer<Thing?>) -> dnnl_status_t) -> Thing {
  var thing: Thing?
  check(make(&thing))
  return thing!
}

private func check(_ status: dnnl_status_t) {
  precondition(status == dnnl_success, "oneDNN: \(String(cString: dnnl_status2str(status)))")
}

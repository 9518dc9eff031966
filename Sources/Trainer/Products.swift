import COneDNN
import Experiment

/// How a model multiplies its large matrices.
enum Products {
  case float32
  case bfloat16(BFloat16Products)

  /// Which of them, before they take memory.
  enum Kind {
    case float32
    case bfloat16
    /// The same numbers on any processor, and slower than float32.
    case emulatedBFloat16

    /// What `precision` asks for. Throws `TrainingError.precisionUnsupported`.
    init(_ precision: RunSpec.Precision) throws(TrainingError) {
      switch precision {
      case .float32: self = .float32
      case .bfloat16:
        guard Products.processorHasBFloat16 else {
          throw .precisionUnsupported(precision, instructions: TrainingEnvironment.productSet)
        }
        self = .bfloat16
      }
    }
  }

  init(_ kind: Kind) {
    switch kind {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16(BFloat16Products(.bfloat16))
    case .emulatedBFloat16: self = .bfloat16(BFloat16Products(.float32))
    }
  }

  /// Whether the processor multiplies bfloat16 numbers, with AVX-512 BF16 or AMX, and oneDNN may use
  /// that.
  static var processorHasBFloat16: Bool {
    let needed = dnnl_cpu_isa_avx512_core_bf16.rawValue
    return dnnl_get_effective_cpu_isa().rawValue & needed == needed
  }

  /// `c = a·b`, or `c += a·b` when it accumulates. One thread; equal inputs give equal bits.
  @inline(__always)
  func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool = false) {
    switch self {
    case .float32: Trainer.multiply(a, b, into: c, accumulate: accumulate)
    case .bfloat16(let products): products.multiply(a, b, into: c, accumulate: accumulate)
    }
  }
}

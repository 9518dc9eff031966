import CKernels
import Experiment
import Foundation
import Testing
import Wire

@testable import Trainer

@Suite("Training with bfloat16 products")
struct BFloat16Tests {
  /// What runs on this processor: the products themselves where it has them, and always float32 ones
  /// of rounded numbers.
  static let kinds: [Products.Kind] =
    Products.processorHasBFloat16 ? [.emulatedBFloat16, .bfloat16] : [.emulatedBFloat16]

  @Test(
    "a product is that of the rounded factors, for each transposition, stride and sum",
    arguments: kinds)
  func product(kind: Products.Kind) {
    ck_set_threads(1)
    let products = Products(kind)
    var generator = Xoshiro256(seed: 5)
    func filled(_ count: Int) -> FloatBuffer {
      let buffer = FloatBuffer(count: count)
      for index in 0..<count { buffer.base[index] = Float(2 * generator.uniform() - 1) }
      return buffer
    }
    let (rows, columns, inner, gap) = (13, 21, 70, 3)
    for (flipsLeft, flipsRight, accumulates) in [
      (false, false, false), (true, false, true), (false, true, false), (true, true, true),
      // The same shape again: the product that was kept.
      (false, true, false),
    ] {
      func matrix(_ buffer: FloatBuffer, _ rows: Int, _ columns: Int, _ flips: Bool) -> Matrix {
        let (height, width) = flips ? (columns, rows) : (rows, columns)
        let matrix = Matrix(buffer.base, rows: height, columns: width, stride: width + gap)
        return flips ? matrix.transposed : matrix
      }
      let room = (max(rows, columns, inner) + gap) * inner
      let (a, b, c) = (filled(room), filled(room), filled(rows * (columns + gap)))
      let (left, right) = (
        matrix(a, rows, inner, flipsLeft), matrix(b, inner, columns, flipsRight)
      )
      func element(_ matrix: Matrix, _ row: Int, _ column: Int) -> Double {
        let (i, j) = matrix.isTransposed ? (column, row) : (row, column)
        var rounded: Float = 0
        ck_round_to_bfloat16(matrix.base + i * matrix.stride + j, 1, &rounded, 1, 1)
        return Double(rounded)
      }
      let before = Array(c.elements)
      products.multiply(
        left, right, into: Matrix(c.base, rows: rows, columns: columns, stride: columns + gap),
        accumulate: accumulates)
      for row in 0..<rows {
        for column in 0..<columns + gap {
          let place = row * (columns + gap) + column
          guard column < columns else {
            #expect(c.base[place] == before[place])
            continue
          }
          let sum = (0..<inner).reduce(accumulates ? Double(before[place]) : 0) {
            $0 + element(left, row, $1) * element(right, $1, column)
          }
          #expect(abs(Double(c.base[place]) - sum) < 1e-5)
        }
      }
    }
  }

  /// The final training loss and the parameters.
  private func result(
    _ spec: RunSpec, _ kind: Products.Kind
  ) throws -> (loss: Double, parameters: [Float]) {
    var loss: Double?
    let run = try TinyLanguage.process(spec, products: kind).train {
      if case .finished(let finished) = $0 { loss = finished.loss }
    }
    return (try #require(loss), Array(run.model.parameters.elements))
  }

  @Test("the loss is float32's, closer than two seeds are", arguments: [true, false])
  func loss(dense: Bool) throws {
    let seeds: ClosedRange<UInt64> = 1...5
    let exact = try seeds.map { try result(TinyLanguage.spec(dense: dense, seed: $0), .float32) }
    let mean = exact.map(\.loss).reduce(0, +) / Double(exact.count)
    let spread =
      (exact.reduce(0) { $0 + pow($1.loss - mean, 2) } / Double(exact.count - 1)).squareRoot()
    for kind in Self.kinds {
      let rounded = try seeds.map { try result(TinyLanguage.spec(dense: dense, seed: $0), kind) }
      let difference =
        zip(rounded, exact).reduce(0) { $0 + $1.0.loss - $1.1.loss } / Double(exact.count)
      #expect(abs(difference) < spread, "\(kind): \(difference) beside \(spread)")
      #expect(abs(difference) < 0.01 * mean)
      // They are other numbers all the same.
      #expect(zip(rounded, exact).allSatisfy { $0.parameters != $1.parameters })
    }
  }

  @Test("equal specs give equal bits", arguments: kinds)
  func reproducible(kind: Products.Kind) throws {
    let spec = TinyLanguage.spec(steps: 10)
    let (first, second) = (try result(spec, kind), try result(spec, kind))
    #expect(first.loss == second.loss)
    #expect(first.parameters.map(\.bitPattern) == second.parameters.map(\.bitPattern))
  }

  @Test("a gradient stays near float32's", arguments: GradientCase.all)
  func gradient(_ example: GradientCase) {
    let (model, _, batch) = example.make()
    let rounded = Transformer(
      example.architecture, router: example.router, sequences: example.sequences,
      products: Products(.emulatedBFloat16))
    _ = rounded.parameters.elements.update(from: model.parameters.elements)
    _ = rounded.selectionBias.elements.update(from: model.selectionBias.elements)
    let (exact, near) = (model.differentiate(batch), rounded.differentiate(batch))
    #expect(abs(near.crossEntropy / exact.crossEntropy - 1) < 0.02)
    #expect(rounded.gradientNorm / model.gradientNorm > 0.9)
    #expect(rounded.gradientNorm / model.gradientNorm < 1.1)
  }

  @Test(
    "where the processor has no such products the spec is refused by name, before anything else")
  func refused() throws {
    var spec = TinyLanguage.spec()
    spec.precision = .bfloat16
    if Products.processorHasBFloat16 {
      try spec.validate()
      return
    }
    let error = #expect(throws: TrainingError.self) { try spec.validate() }
    #expect(
      error == .precisionUnsupported(.bfloat16, instructions: TrainingEnvironment.productSet))
    let words = try #require(error).description
    #expect(words.hasPrefix("precision is bfloat16, and this processor has no such products"))
    #expect(words.contains("avx512_bf16 or amx") && words.contains("precision to float32"))
    #expect(throws: TrainingError.self) { _ = try TinyLanguage.process(spec).makeRun() }
  }
}

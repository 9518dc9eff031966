import CKernels
import Foundation
import Testing

@Suite("Causal attention against plain loops")
struct AttentionTests {
  /// Sequences, their length, heads, key and value heads, head dimension.
  static let shapes = [
    (1, 1, 1, 1, 2), (2, 5, 2, 2, 4), (1, 17, 4, 2, 6), (2, 40, 2, 1, 16), (1, 70, 2, 2, 20),
    (1, 64, 1, 1, 33), (1, 129, 1, 1, 8),
  ]

  @Test("outputs, and the gradients of queries, keys and values", arguments: shapes)
  func outputsAndGradients(_ shape: (Int, Int, Int, Int, Int)) {
    let example = AttentionExample(shape)
    let truth = example.reference()
    eachLevel {
      let found = example.run()
      #expect(difference(found.out, truth.out) < 2e-6)
      #expect(difference(found.dqkv, truth.dqkv) < 5e-6)
      let again = example.run()
      #expect(found.out == again.out && found.dqkv == again.dqkv)
    }
  }

  @Test("scores far apart neither overflow nor lose the largest")
  func extremes() {
    var example = AttentionExample((1, 3, 1, 1, 2))
    // Scores of the last query: 3e37, -3e37 and 3e37, before the scale.
    example.qkv = [1, 0, 3e37, 0, 1, 2, 1, 0, -3e37, 0, 3, 4, 1, 0, 3e37, 0, 5, 6]
    eachLevel {
      let out = example.run().out
      #expect(difference(out, [1, 2, 1, 2, 3, 4]) < 1e-6)
    }
  }

  @Test("a number that is none spoils the queries that see it, and no other")
  func notANumber() {
    var example = AttentionExample((1, 6, 1, 1, 4))
    example.qkv[3 * 12 + 4] = .nan
    eachLevel {
      let out = example.run().out
      #expect(out[..<12].allSatisfy { $0.isFinite })
      #expect(out[12...].allSatisfy { $0.isNaN })
    }
  }
}

/// Random queries, keys, values and output gradients, and what should come of them.
private struct AttentionExample {
  let sequences, length, heads, kvHeads, headDim: Int
  var qkv: [Float]
  let dout: [Float]

  private var row: Int { (heads + 2 * kvHeads) * headDim }
  private var width: Int { heads * headDim }

  init(_ shape: (Int, Int, Int, Int, Int)) {
    (sequences, length, heads, kvHeads, headDim) = shape
    var noise = Noise(22)
    qkv = noise.array(sequences * length * (heads + 2 * kvHeads) * headDim, scale: 2)
    dout = noise.array(sequences * length * heads * headDim)
  }

  func run() -> (out: [Float], dqkv: [Float]) {
    var out = [Float](repeating: .nan, count: dout.count)
    var dqkv = [Float](repeating: .nan, count: qkv.count)
    let all = sequences * heads
    let room = [
      all * ck_attention_weights(length), all * length, ck_attention_scratch(length, headDim),
    ]
    let memory = room.map { size in
      let part = UnsafeMutablePointer<Float>.allocate(capacity: size)
      part.initialize(repeating: .nan, count: size)
      return part
    }
    defer { for part in memory { part.deallocate() } }
    var shape = ck_attention(
      sequences: sequences, seq_len: length, heads: heads, kv_heads: kvHeads, head_dim: headDim,
      row: row, weights: memory[0], inverse: memory[1], scratch: memory[2])
    ck_attention_forward(&shape, qkv, &out)
    ck_attention_backward(&shape, qkv, out, dout, &dqkv)
    return (out, dqkv)
  }

  /// In double precision, one number at a time.
  func reference() -> (out: [Double], dqkv: [Double]) {
    var out = [Double](repeating: 0, count: dout.count)
    var dqkv = [Double](repeating: 0, count: qkv.count)
    for sequence in 0..<sequences {
      for head in 0..<heads {
        for position in 0..<length { add(sequence, head, position, &out, &dqkv) }
      }
    }
    return (out, dqkv)
  }

  private func add(
    _ sequence: Int, _ head: Int, _ position: Int, _ out: inout [Double], _ dqkv: inout [Double]
  ) {
    let first = sequence * length
    let kvHead = head * kvHeads / heads
    let query = (first + position) * row + head * headDim
    let to = (first + position) * width + head * headDim
    let keys = (0...position).map { (first + $0) * row + (heads + kvHead) * headDim }
    let values = keys.map { $0 + kvHeads * headDim }
    let scale = 1 / Double(headDim).squareRoot()
    let scores = keys.map { key in
      (0..<headDim).reduce(0.0) { $0 + Double(qkv[query + $1]) * Double(qkv[key + $1]) } * scale
    }
    let weights = softmax(scores[...])
    let slopes = values.map { value in
      (0..<headDim).reduce(0.0) { $0 + Double(dout[to + $1]) * Double(qkv[value + $1]) }
    }
    let mean = zip(weights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    for seen in keys.indices {
      let slope = weights[seen] * (slopes[seen] - mean) * scale
      for i in 0..<headDim {
        out[to + i] += weights[seen] * Double(qkv[values[seen] + i])
        dqkv[values[seen] + i] += weights[seen] * Double(dout[to + i])
        dqkv[query + i] += slope * Double(qkv[keys[seen] + i])
        dqkv[keys[seen] + i] += slope * Double(qkv[query + i])
      }
    }
  }
}

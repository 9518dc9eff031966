import Experiment

/// A named tensor in a run's memory: what a checkpoint is made of.
struct StateTensor {
  let name: String
  let shape: [Int]
  let values: UnsafeMutableBufferPointer<Float>

  /// The tensors of `buffer`, laid out as `layout` says. A stack of matrices has three axes, a gain
  /// one.
  static func all(
    of buffer: FloatBuffer, _ layout: ParameterLayout, prefix: String = ""
  ) -> [StateTensor] {
    layout.tensors.map { tensor in
      let matrix = tensor.kind == .gain ? [tensor.columns] : [tensor.rows, tensor.columns]
      return StateTensor(
        name: prefix + tensor.name, shape: tensor.stack > 1 ? [tensor.stack] + matrix : matrix,
        values: UnsafeMutableBufferPointer(rebasing: buffer.elements[tensor.range]))
    }
  }
}

extension Transformer {
  /// What a trained model is: its parameters, and the biases that choose its experts.
  var weights: [StateTensor] {
    let experts = architecture.experts
    let biases = StateTensor(
      name: "selection_bias", shape: [experts == 0 ? 0 : selectionBias.count / experts, experts],
      values: selectionBias.elements)
    return StateTensor.all(of: parameters, layout) + (selectionBias.count > 0 ? [biases] : [])
  }
}

import Experiment
import ScalingLaws

extension ModelPlan {
  /// The plan as people read it, with its trade-off table.
  func rendered(width: Int?) -> String {
    [summary, tradeOffs.rendered(width: width), notes].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private var summary: String {
    let counts = architecture.parameters
    let range =
      interval.map {
        " (\(Quantity.decimal($0.low, places: 2)) to \(Quantity.decimal($0.high, places: 2)))"
      } ?? ""
    return """
      budget    \(budget); whole numbers make it \
      \(Quantity.scientific(compute)) (\(Quantity.percent(compute / budget.compute - 1)))
      M         \(Quantity.scientific(Double(modelFLOPs))) FLOPs a token \
      (\(Quantity.percent(Double(modelFLOPs) / targetModelFLOPs - 1)) off its target), \(origin)
      model     \(architecture)
                A \(architecture.shortActivation), \
      G \(architecture.shortGranularity), S \(architecture.sharedRatio), \
      N \(Quantity.count(Double(counts.totalNonVocabulary))), \
      N_a \(Quantity.count(Double(counts.activeNonVocabulary))), \
      attention \(Quantity.decimal(architecture.attentionShare().doubleValue * 100, places: 0))% of M
      training  D \(Quantity.count(tokens)) tokens in \(steps) steps, \
      B \(batchSequences) sequences of \(architecture.seqLen) (\(provenance[.batchTokens] ?? "")), \
      η \(learningRate) (\(provenance[.learningRate] ?? ""))
      leverage  EL \(Quantity.decimal(leverage, places: 2))\(range), \(provenance[.leverage] ?? "")
                interval: \(intervalBasis)
      \(denseText)
      """ + (loss.map { "\nloss      \(Quantity.decimal($0, places: 3)) nats a token" } ?? "")
  }

  private var origin: String {
    switch allocation {
    case .law(let provenance): "by the allocation law, \(provenance)"
    case .tokens(let tokens): "C / D with D = \(Quantity.scientific(tokens)) as asked"
    }
  }

  private var denseText: String {
    let shape =
      dense.architecture.map {
        ", N \(Quantity.count(Double($0.parameters.totalNonVocabulary))): \($0)"
      } ?? ""
    return "equals    a dense model of \(Quantity.scientific(dense.compute)) FLOPs, "
      + "M \(Quantity.scientific(dense.modelFLOPs)) on D \(Quantity.count(dense.tokens)) "
      + "(\(provenance[.dense] ?? ""))" + shape
  }

  /// What moving one thing at the same C and M does, limits aside.
  private var tradeOffs: TextTable {
    var table = TextTable([
      "moved", ">EL", ">", ">N", ">", ">N_a", ">", ">A", ">G", "shape", "note",
    ])
    for row in alternatives {
      let counts = row.architecture.parameters
      let isChoice = row.change == .none
      let notes = [
        row.isWithinLimits ? nil : "over a limit", row.isWithinFit ? nil : "outside the fit",
      ]
      table.append([
        isChoice ? "chosen" : row.change.rawValue, Quantity.decimal(row.leverage, places: 2),
        isChoice ? "" : Quantity.percent(row.relativeLeverage),
        Quantity.count(Double(counts.totalNonVocabulary)),
        isChoice ? "" : Quantity.percent(row.relativeTotal),
        Quantity.count(Double(counts.activeNonVocabulary)),
        isChoice ? "" : Quantity.percent(row.relativeActive),
        row.architecture.shortActivation,
        row.architecture.shortGranularity,
        "\(row.architecture)", notes.compactMap { $0 }.joined(separator: ", "),
      ])
    }
    return table
  }

  private var notes: String {
    flags.map { "\($0.rawValue): \($0.meaning)" }.joined(separator: "\n")
  }
}

extension Architecture {
  /// A as E_a/E, `-` for a dense model.
  var shortActivation: String { isDense ? "-" : "\(topK)/\(experts)" }

  /// G to two decimals, `-` for a dense model.
  var shortGranularity: String {
    granularity.map { Quantity.decimal($0.doubleValue, places: 2) } ?? "-"
  }
}

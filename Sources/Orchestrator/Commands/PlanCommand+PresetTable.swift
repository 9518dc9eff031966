import Experiment
import GridFile
import ScalingLaws

extension PresetReport {
  /// Counts, FLOPs and leverage as people read them.
  var rendered: String {
    let shape = preset.architecture
    let counts = shape.parameters
    func against(_ published: Double?) -> String {
      published.map { " (the paper says \(Quantity.count($0)))" } ?? ""
    }
    var lines = [
      "model     \(preset.name): \(shape)",
      "source    \(preset.source)",
      "N         \(Quantity.count(Double(counts.totalBackbone)))"
        + against(preset.published.parameters)
        + ", with routers and norms \(Quantity.count(Double(counts.totalNonVocabulary)))"
        + ", with the vocabulary \(Quantity.count(Double(counts.total)))",
      "N_a       \(Quantity.count(Double(counts.activeBackbone)))"
        + against(preset.published.activeParameters)
        + ", with routers and norms \(Quantity.count(Double(counts.activeNonVocabulary)))"
        + ", with the vocabulary \(Quantity.count(Double(counts.active)))",
      "M         \(Quantity.scientific(Double(shape.trainingFLOPsPerToken()))) FLOPs a token, "
        + "attention \(Quantity.decimal(shape.attentionShare().doubleValue * 100, places: 0))%",
    ]
    if !shape.isDense {
      lines.append(
        "ratios    A \(shape.shortActivation), "
          + "G \(shape.shortGranularity), S \(shape.sharedRatio)")
    }
    if let training { lines.append("training  \(training)") }
    if let compute, let leverage {
      let range =
        interval.map {
          " (\(Quantity.decimal($0.low, places: 2)) to \(Quantity.decimal($0.high, places: 2)))"
        } ?? ""
      lines.append(
        "leverage  EL \(Quantity.decimal(leverage, places: 2))\(range) at C = "
          + Quantity.scientific(compute) + ", \(LeverageModel.ling.provenance)"
          + (isWithinFit ? "" : ", outside what it was fitted on"))
    }
    return lines.joined(separator: "\n")
  }

  private var training: String? {
    let training = preset.training
    let parts = [
      training.compute.map { "C \(Quantity.scientific($0)) FLOPs" },
      training.tokens.map { "D \(Quantity.count($0)) tokens" },
      training.batchSequences.map { "B \($0) sequences" },
      training.learningRate.map { "η \($0)" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension PresetReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case preset, source, architecture, parameters
    case activeParameters = "active_parameters"
    case modelFLOPs = "flops_per_token"
    case activation = "A"
    case granularity = "G"
    case compute
    case leverage = "EL"
    case low = "EL_low"
    case high = "EL_high"
    case isWithinFit = "within_fit"
  }

  func encode(to encoder: any Encoder) throws {
    var report = encoder.container(keyedBy: CodingKeys.self)
    let shape = preset.architecture
    try report.encode(preset.name, forKey: .preset)
    try report.encode(preset.source, forKey: .source)
    try report.encode(shape, forKey: .architecture)
    try report.encode(shape.parameters.totalNonVocabulary, forKey: .parameters)
    try report.encode(shape.parameters.activeNonVocabulary, forKey: .activeParameters)
    try report.encode(shape.trainingFLOPsPerToken(), forKey: .modelFLOPs)
    try report.encode(shape.activationRatio().doubleValue, forKey: .activation)
    try report.encode(shape.granularity?.doubleValue, forKey: .granularity)
    try report.encode(compute, forKey: .compute)
    try report.encode(leverage, forKey: .leverage)
    try report.encode(interval?.low, forKey: .low)
    try report.encode(interval?.high, forKey: .high)
    try report.encode(isWithinFit, forKey: .isWithinFit)
  }
}

import Experiment
import Yams

/// The text of a preset: YAML in, a typed `Preset` out.
public enum PresetFile {
  /// Reads `text`; `file` is the name that errors show.
  ///
  /// Throws `GridFileError` with every fault of the text, a shape that cannot be built among them.
  public static func decode(_ text: String, file: String) throws(GridFileError) -> Preset {
    let log = ProblemLog()
    let mapping = try Value(text, file: file, log: log).flatMap { MappingReader($0) }
    guard let preset = mapping.flatMap({ preset($0) }), log.problems.isEmpty else {
      throw GridFileError(file: file, problems: log.problems)
    }
    return preset
  }

  /// The preset; nil, with reports, when what it cannot do without is missing.
  private static func preset(_ mapping: MappingReader) -> Preset? {
    var mapping = mapping
    let name = mapping.require("preset", "the name of the model")?.name()
    let source = mapping.require("source", "the paper and where in it")?.text("a paper")
    let place = mapping.require("architecture", "the shape")
    let architecture = place.flatMap { MappingReader($0) }.flatMap { self.architecture($0) }
    let training = self.training(mapping.section("training"))
    let published = self.published(mapping.section("published"))
    mapping.finish()
    guard let name, let source, let place, let architecture else { return nil }
    do throws(ArchitectureError) {
      try architecture.validate()
    } catch {
      place.report(.badValue("\(architecture)", expected: "a shape that can be built: \(error)"))
    }
    return Preset(
      name: name, source: source, architecture: architecture, training: training,
      published: published)
  }

  /// A shape with `experts` is an MoE model, one without a dense one.
  private static func architecture(_ mapping: MappingReader) -> Architecture? {
    var mapping = mapping
    func count(_ key: String, _ meaning: String) -> Int? {
      mapping.require(key, meaning)?.integer(1...1_048_576)
    }
    func optional(_ key: String) -> Int? {
      mapping.take(key)?.integer(0...1_048_576)
    }
    let layers = count("layers", "transformer blocks")
    let dModel = count("d_model", "the width of the residual stream")
    let heads = count("heads", "query heads")
    let kvHeads = count("kv_heads", "key and value heads")
    let experts = optional("experts") ?? 0
    let shape = Architecture(
      layers: layers ?? 0, dModel: dModel ?? 0, heads: heads ?? 0, kvHeads: kvHeads ?? 0,
      dFFN: optional("d_ffn") ?? 0, dExpert: optional("d_expert") ?? 0, experts: experts,
      topK: optional("top_k") ?? 0, sharedExperts: optional("shared_experts") ?? 0,
      denseLayers: optional("dense_layers") ?? (experts == 0 ? layers ?? 0 : 0),
      vocab: count("vocab", "tokens in the vocabulary") ?? 0,
      seqLen: count("sequence_length", "tokens in one sequence") ?? 0)
    mapping.finish()
    let isWhole = layers != nil && dModel != nil && heads != nil && kvHeads != nil
    return isWhole && shape.vocab > 0 && shape.seqLen > 0 ? shape : nil
  }

  private static func training(_ mapping: MappingReader?) -> Preset.Training {
    var training = Preset.Training()
    guard var mapping else { return training }
    func number(_ key: String) -> Double? {
      mapping.take(key)?.number("a number above 0") { $0 > 0 }
    }
    training.tokens = number("tokens")
    training.compute = number("compute")
    training.learningRate = number("learning_rate")
    training.batchSequences = mapping.take("batch_sequences")?.integer(1...1_000_000_000)
    mapping.finish()
    return training
  }

  private static func published(_ mapping: MappingReader?) -> Preset.Published {
    var published = Preset.Published()
    guard var mapping else { return published }
    func number(_ key: String) -> Double? {
      mapping.take(key)?.number("a number of parameters above 0") { $0 > 0 }
    }
    published.parameters = number("parameters")
    published.activeParameters = number("active_parameters")
    mapping.finish()
    return published
  }
}

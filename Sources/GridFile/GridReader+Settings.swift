import Experiment

/// Where a family's three settings come from, as far as the file said so.
struct SettingSources {
  var allocation: Grid.SettingSource?
  var learningRate: Grid.SettingSource?
  var batchTokens: Grid.SettingSource?
}

extension GridReader {
  /// Stands for a source that was given and reported, so that it is not called missing as well.
  private var faulty: Grid.SettingSource { .number(1) }

  /// `{law: NAME}`, `{fitted: NAME}` or `{M: …}`.
  func read(_ sources: inout SettingSources, allocation mapping: MappingReader?) {
    guard var mapping else { return }
    let law = reference(&mapping)
    sources.allocation = law.map { .law($0) } ?? faulty
    if let value = mapping.take("M") {
      if law != nil {
        value.report(.conflict(with: "the law beside it", advice: "give M or a law, not both"))
      }
      sources.allocation = source(value, "training FLOPs a token above 0") ?? faulty
    } else if law == nil {
      mapping.place.report(.missing(expected: "M, law or fitted"))
    }
    mapping.finish()
  }

  /// `{law: NAME}` or `{fitted: NAME}` for both, and `learning_rate` or `batch_tokens` on their own.
  func read(_ sources: inout SettingSources, hyperparameters mapping: MappingReader?) {
    guard var mapping else { return }
    if let law = reference(&mapping) {
      sources.learningRate = .law(law)
      sources.batchTokens = .law(law)
    }
    if let value = mapping.take("learning_rate") {
      sources.learningRate = source(value, "a learning rate above 0") ?? faulty
    }
    if let value = mapping.take("batch_tokens") {
      sources.batchTokens = source(value, "a number of tokens above 0") ?? faulty
    }
    mapping.finish()
  }

  /// A number, `{a, b}`, `{law: NAME}` or `{fitted: NAME}`.
  private func source(_ value: Value, _ range: String) -> Grid.SettingSource? {
    guard value.isMapping, var mapping = MappingReader(value) else {
      return value.number(range + ", {a, b}, {law: NAME} or {fitted: NAME}") { $0 > 0 }
        .map { .number($0) }
    }
    defer { mapping.finish() }
    if let law = reference(&mapping) { return .law(law) }
    let a = mapping.require("a", "the prefactor of y = a * C^b")?
      .number("a number above 0") { $0 > 0 }
    let b = mapping.require("b", "the exponent of y = a * C^b")?.number("a number") { _ in true }
    guard let a, let b else { return nil }
    return .power(PowerLaw(a: a, b: b))
  }

  /// The law under `law` (published, `latest` or a number) or `fitted` (`NAME`, `NAME@latest` or `NAME@REVISION`); a name
  /// that was reported counts as given.
  private func reference(_ mapping: inout MappingReader) -> LawReference? {
    let law = mapping.take("law").map { reference(named: $0.name() ?? "") }
    guard let value = mapping.take("fitted") else { return law }
    if law != nil {
      value.report(.conflict(with: "law", advice: "keep one of law and fitted"))
    }
    let expected = "the name of a fitted law, NAME or NAME@REVISION"
    let text = value.text(expected) ?? "?"
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count > 2 || parts.contains(where: { $0.isEmpty || $0.contains(" ") }) {
      value.report(.badValue(text, expected: expected))
    }
    let revision = parts.count == 2 && parts[1] != "latest" ? String(parts[1]) : nil
    return .fitted(name: String(parts[0]), revision: revision)
  }

  private func reference(named name: String) -> LawReference {
    if name == "latest" { return .latest }
    return Int64(name).map { .stored(id: $0) } ?? .published(name: name)
  }
}

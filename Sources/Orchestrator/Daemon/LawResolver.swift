import Experiment
import Registry
import ScalingLaws
import Wire

/// Finds the laws that a grid names: published ones by name, fitted ones among the registry's.
struct LawResolver {
  /// The study that asks.
  var study: String
  /// The fitted laws that may be named, newest first.
  var fitted: [LawRow]

  /// The laws of `grid` and, of those that were fitted, which they are.
  struct Resolution {
    var settings = ResolvedSettings()
    var uses: [Expansion.Use] = []
  }

  /// Every law that `grid` needs for its expansion.
  ///
  /// - Throws: `APIError` for a name that nothing has, with what there is.
  func resolve(_ grid: Grid) throws -> Resolution {
    var resolution = Resolution()
    for request in grid.lawRequests {
      if case .published(let name) = request.reference {
        resolution.settings.laws[request] = try published(name, request)
        continue
      }
      let law = try fitted(request)
      resolution.settings.laws[request] = try ResolvedLaw(law, request)
      resolution.uses.append(
        Expansion.Use(
          family: request.family, quantity: request.quantity.rawValue,
          law: LawKey(study: law.study, name: law.name, inputSHA256: law.inputSHA256)))
    }
    return resolution
  }

  /// As `resolve`, with a published law wherever a law is still to be fitted: what a person is shown
  /// of a grid that waits.
  func preview(_ grid: Grid) throws -> ResolvedSettings {
    var settings = ResolvedSettings()
    for request in grid.lawRequests {
      settings.laws[request] =
        if request.reference == .latest {
          ResolvedLaw(
            PublishedLaws.standard(request.quantity.published, for: request.kind.published))
        } else if case .published(let name) = request.reference {
          try published(name, request)
        } else {
          try ResolvedLaw(try fitted(request), request)
        }
    }
    return settings
  }

  private func published(_ name: String, _ request: LawRequest) throws -> ResolvedLaw {
    do {
      return ResolvedLaw(
        try PublishedLaws.law(name, request.quantity.published, for: request.kind.published))
    } catch {
      throw APIError(.refused, "family \(request.family): \(error)")
    }
  }

  private func fitted(_ request: LawRequest) throws -> LawRow {
    let own = request.quantity.lawName(family: request.family)
    let law =
      switch request.reference {
      case .published: nil as LawRow?
      case .fitted(let name, let revision):
        fitted.first { $0.name == name && (revision == nil || "\($0.id)" == revision) }
      case .stored(let id): sibling(of: id, named: own)
      case .latest:
        fitted.first { $0.name == own && $0.study == study } ?? fitted.first { $0.name == own }
      }
    if let law { return law }
    let usable = fitted.filter { $0.name.hasPrefix(request.quantity.rawValue + "/") }
    throw APIError(
      .refused,
      "family \(request.family): no fitted law is \(request.reference) of \(request.quantity.rawValue)",
      hint: usable.isEmpty
        ? "let an earlier stage fit it (fits: [hyperparameters] or [allocation]), or name a published "
          + "law: \(PublishedLaws.settingNames.joined(separator: ", "))"
        : "fitted laws of \(request.quantity.rawValue) are "
          + usable.map { "\($0.id) (\($0.name) of study \($0.study))" }.joined(separator: ", "))
  }

  /// Law `id`, or the one of that name that was fitted to the same runs: one number stands for η and
  /// B together.
  private func sibling(of id: Int64, named name: String) -> LawRow? {
    guard let law = fitted.first(where: { $0.id == id }) else { return nil }
    return fitted.first { $0.name == name && $0.inputSHA256 == law.inputSHA256 } ?? law
  }
}

extension ResolvedLaw {
  fileprivate init(_ sourced: SourcedLaw) {
    self.init(
      law: .ofCompute(sourced.law), provenance: "\(sourced.source.name) \(sourced.source.equation)",
      fittedRange: sourced.source.range.map { $0.lower...$0.upper })
  }

  /// A fitted power law of C, or of N and D.
  fileprivate init(_ law: LawRow, _ request: LawRequest) throws {
    let range = law.detail.ranges["C"].map { $0.lower...$0.upper }
    let provenance = "law \(law.name) of study \(law.study), \(law.runs) runs"
    if let a = law.value("a"), let b = law.value("b") {
      self.init(
        law: .ofCompute(PowerLaw(a: a, b: b)), provenance: "\(provenance): \(a)·C^\(b)",
        fittedRange: range)
    } else if let c = law.value("c"), let n = law.value("n"), let d = law.value("d") {
      self.init(
        law: .ofShape(a: c, n: n, d: d), provenance: "\(provenance): \(c)·N^\(n)·D^\(d)",
        fittedRange: range)
    } else {
      throw APIError(
        .refused,
        "family \(request.family): law \(law.id), \(law.name), gives no \(request.quantity.rawValue)",
        hint: "it is of the form \(law.form); a setting needs a·C^b, or c·N^n·D^d")
    }
  }
}

extension SettingQuantity {
  /// The published quantity that gives it.
  fileprivate var published: PublishedLaw.Quantity {
    switch self {
    case .modelFLOPs: .flopsPerToken
    case .learningRate: .learningRate
    case .batchTokens: .batchTokens
    }
  }
}

extension ModelKind {
  fileprivate var published: PublishedLaw.Kind {
    switch self {
    case .dense: .dense
    case .moe: .moe
    }
  }
}

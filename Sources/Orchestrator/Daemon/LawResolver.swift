import Experiment
import ScalingLaws
import Wire

/// Finds the laws that a grid names: published ones by name, fitted ones among the registry's.
struct LawResolver {
  /// The fitted laws that may be named, newest first.
  var fitted: [LawRow]

  /// Every law that `grid` needs for its expansion.
  ///
  /// - Throws: `APIError` for a name that nothing has, with the nearest that something has.
  func resolve(_ grid: Grid) throws -> ResolvedSettings {
    var settings = ResolvedSettings()
    for request in grid.lawRequests {
      settings.laws[request] =
        switch request.reference {
        case .published(let name): try published(name, request)
        case .fitted(let name, let revision): try fitted(name, revision, request)
        }
    }
    return settings
  }

  private func published(_ name: String, _ request: LawRequest) throws -> ResolvedLaw {
    do {
      let sourced = try PublishedLaws.law(
        name, request.quantity.published, for: request.kind.published)
      return ResolvedLaw(
        law: .ofCompute(sourced.law),
        provenance: "\(sourced.source.name) \(sourced.source.equation)",
        fittedRange: sourced.source.range.map { $0.lower...$0.upper })
    } catch {
      throw APIError(.refused, "family \(request.family): \(error)")
    }
  }

  private func fitted(
    _ name: String, _ revision: String?, _ request: LawRequest
  ) throws -> ResolvedLaw {
    let law = fitted.first { $0.name == name && (revision == nil || "\($0.id)" == revision) }
    guard let law else {
      throw APIError(
        .refused, "family \(request.family): no fitted law is named \(request.reference)",
        hint: fitted.isEmpty
          ? "no law has been fitted yet: name a published one, \(PublishedLaws.names.joined(separator: " or "))"
          : "the fitted laws are \(fitted.map(\.name).joined(separator: ", "))")
    }
    guard let a = law.value(of: "a"), let b = law.value(of: "b") else {
      throw APIError(
        .refused,
        "family \(request.family): law \(law.id), \(law.name), gives no \(request.quantity.rawValue)",
        hint: "it is of the form \(law.form); a setting needs a power law a·C^b")
    }
    return ResolvedLaw(
      law: .ofCompute(PowerLaw(a: a, b: b)), provenance: "law \(law.id), \(law.name)")
  }
}

extension LawRow {
  fileprivate func value(of name: String) -> Double? {
    parameters.first { $0.name == name }?.value
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

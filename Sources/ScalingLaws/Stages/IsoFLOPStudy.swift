import Foundation

/// The work of one isoFLOP analysis.
struct IsoFLOPStudy {
  /// A profile's minimum in one resample.
  struct Sample {
    var logSize: Double
    var logTokens: Double
  }

  var options: IsoFLOPOptions
  /// With enough sizes for a minimum, in order of budget.
  var profiles: [IsoFLOPProfile]
  /// Budgets with too few sizes.
  private var short: [(budget: Double, sizes: Int)]
  var sigma: Double?
  /// By profile, then by resample; nil where the resample has no minimum inside.
  private var samples: [[Sample?]]

  init(_ points: [IsoFLOPPoint], _ options: IsoFLOPOptions) {
    self.options = options
    let all = Dictionary(grouping: points.sorted { $0.run < $1.run }, by: \.budget)
      .map { IsoFLOPProfile(budget: $0.key, points: $0.value) }
      .sorted { $0.budget < $1.budget }
    profiles = all.filter { $0.logSize.count >= IsoFLOP.neededSizes }
    short = all.filter { $0.logSize.count < IsoFLOP.neededSizes }.map {
      ($0.budget, $0.logSize.count)
    }
    sigma = Self.sigma(profiles, options)
    samples = Self.samples(profiles, sigma: sigma ?? 0, options)
  }

  /// The given noise, or the median size of the profiles' roughness, which single outliers and a
  /// kink leave alone, over that of a standard normal.
  private static func sigma(_ profiles: [IsoFLOPProfile], _ options: IsoFLOPOptions) -> Double? {
    switch options.noise {
    case .relative(let sigma): return sigma
    case .absolute(let sigma):
      return profiles.flatMap(\.logLoss).min().map { sigma / exp($0) }
    case .estimated:
      let sizes = profiles.flatMap(\.roughness).map(abs).sorted()
      guard !sizes.isEmpty else { return nil }
      return sizes[sizes.count / 2] / 0.6745
    }
  }

  private static func samples(
    _ profiles: [IsoFLOPProfile], sigma: Double, _ options: IsoFLOPOptions
  ) -> [[Sample?]] {
    profiles.map { profile in
      // A seed of its own for each budget: a profile's samples do not depend on the other budgets.
      var generator = SplitMix64(seed: options.seed ^ profile.budget.bitPattern)
      return (0..<options.bootstraps).map { _ in
        let losses = profile.logLoss.map { logLoss -> Double in
          if case .absolute(let sigma) = options.noise {
            return logLoss + sigma / exp(logLoss) * generator.normal()
          }
          return logLoss + sigma * generator.normal()
        }
        guard let minimum = profile.minimum(losses, options), minimum.edge == nil else {
          return nil
        }
        return Sample(
          logSize: minimum.logSize, logTokens: profile.logTokens(at: minimum.logSize))
      }
    }
  }

  /// The minimum of a profile with its spread; nil where a parabola has none.
  func minimum(_ place: Int) -> IsoFLOP.Minimum? {
    let profile = profiles[place]
    guard let found = profile.minimum(profile.logLoss, options) else { return nil }
    let inside = samples[place].compactMap { $0?.logSize }
    var spread = options.spreadFloor * profile.spacing
    if let drawn = BootstrapSpread(inside, level: options.level) {
      // Draws without a minimum inside say that the place is less certain than the others tell.
      spread =
        max(spread, drawn.standardDeviation) * Double(samples[place].count) / Double(drawn.draws)
    }
    return IsoFLOP.Minimum(
      budget: profile.budget, size: exp(found.logSize),
      tokens: exp(profile.logTokens(at: found.logSize)), loss: exp(found.logLoss),
      logSpread: spread, edge: found.edge,
      isUsed: options.keepsEdges || (found.edge == nil && isStable(place)),
      sizes: profile.logSize.count)
  }

  /// Whether half of the resamples have their minimum inside.
  private func isStable(_ place: Int) -> Bool {
    samples[place].count(where: { $0 != nil }) * 2 >= samples[place].count
  }

  /// The law through the used minima, with the law of each resample.
  func law(
    _ minima: [IsoFLOP.Minimum], of quantity: LawVariable,
    value: (IsoFLOP.Minimum) -> Double, sample: (Sample) -> Double
  ) throws(StageRefusal) -> PowerProductLaw {
    let logC = minima.map { log($0.budget) }
    let y = minima.map { log(value($0)) }
    // A spread of 0 comes from a floor of 0 without noise: then every minimum counts alike.
    let exact = minima.contains { $0.logSpread == 0 }
    let weights = minima.map { exact ? 1 : 1 / ($0.logSpread * $0.logSpread) }
    guard let fit = LogLinearFit(columns: [logC], y: y, weights: weights) else {
      throw .tooFew(
        stage: "an allocation law", what: "budgets with a minimum inside the sizes tried",
        have: minima.count, need: 2)
    }
    let places = minima.map { minimum in
      profiles.firstIndex { $0.budget == minimum.budget }!
    }
    let draws = (0..<options.bootstraps).compactMap { draw -> [Double]? in
      let drawn = places.map { samples[$0][draw].map(sample) }
      let rows = drawn.indices.filter { drawn[$0] != nil }
      return LogLinearFit(
        columns: [logC], y: drawn.map { $0 ?? 0 }, weights: weights, rows: rows)?.coefficients
    }
    let squares = y.indices.reduce(0) {
      let residual = y[$1] - fit.value([logC], row: $1)
      return $0 + residual * residual
    }
    return PowerProductLaw(
      quantity: quantity, variables: [.compute], fit: fit, samples: [.noise: draws],
      level: options.level,
      ranges: [FittedRange(minima.first!.budget, minima.last!.budget)],
      logResidual: (squares / Double(y.count)).squareRoot(),
      runs: places.flatMap { profiles[$0].runs }.sorted())
  }

  func warnings(_ minima: [IsoFLOP.Minimum]) -> [StageWarning] {
    var warnings = short.map {
      StageWarning.fewSizes(budget: $0.budget, tried: $0.sizes, needed: IsoFLOP.neededSizes)
    }
    warnings += minima.compactMap { minimum in
      minimum.edge.map { .fit(.minimumAtEdge(budget: minimum.budget, edge: $0)) }
    }
    for place in profiles.indices where !isStable(place) {
      warnings.append(
        .minimumUnstable(
          budget: profiles[place].budget, inside: samples[place].count(where: { $0 != nil }),
          of: samples[place].count))
    }
    let used = minima.count(where: \.isUsed)
    if used < IsoFLOP.wantedBudgets {
      warnings.append(.fewBudgets(have: used, wanted: IsoFLOP.wantedBudgets))
    }
    if sigma == nil { warnings.append(.noiseUnknown) }
    return warnings
  }
}

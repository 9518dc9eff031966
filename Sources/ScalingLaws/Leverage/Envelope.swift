import Foundation

/// Whether a budget's best dense size lies inside the sizes tried.
public enum SizeSearch: Hashable, Codable, Sendable {
  /// An end of the sizes tried.
  public enum Edge: String, Hashable, Codable, Sendable {
    case smallest
    case largest
  }

  /// Smaller and larger sizes were tried and were worse.
  case interior
  /// The best size is the smallest or largest tried: a better one may lie beyond.
  case atEdge(Edge)
  /// Fewer than three sizes: the best one is not known to be one.
  case fewSizes(tried: Int)
}

/// The best dense size of one budget.
public struct EnvelopePoint: Hashable, Codable, Sendable {
  /// Nominal budget, FLOPs.
  public var budget: Double
  /// Geometric mean of the realised C of the best size's runs, FLOPs.
  public var compute: Double
  /// Geometric mean of their training times, seconds; nil unless all were timed.
  public var seconds: Double?
  /// Geometric mean of their losses.
  public var loss: Double
  /// M of the best size, training FLOPs per token.
  public var flopsPerToken: Double
  /// The grid's name of the best size.
  public var point: String
  public var search: SizeSearch
  /// The runs of the best size.
  public var runs: [Int64]

  /// The warning that `search` gives rise to.
  public var warning: LawWarning? {
    switch search {
    case .interior: nil
    case .atEdge(let edge): .bestSizeAtEdge(budget: budget, edge: edge)
    case .fewSizes(let tried): .fewSizes(budget: budget, tried: tried)
    }
  }
}

/// The lower envelope of dense losses: the best of the sizes tried at each budget.
public struct Envelope: Hashable, Codable, Sendable {
  /// In order of budget.
  public var points: [EnvelopePoint]

  /// Selects the best size, by mean log loss over its seeds, at each budget of dense runs.
  ///
  /// - Throws: `noDenseRuns`.
  public init(denseRuns: [ObservedRun]) throws(ScalingLawsError) {
    guard !denseRuns.isEmpty else { throw .noDenseRuns }
    self.init(groups: RunGroup.grouping(denseRuns))
  }

  init(groups: [RunGroup]) {
    points = Dictionary(grouping: groups, by: \.key.budget)
      .map { EnvelopePoint(budget: $0.key, sizes: $0.value) }
      .sorted { $0.budget < $1.budget }
  }
}

extension EnvelopePoint {
  fileprivate init(budget: Double, sizes: [RunGroup]) {
    let sizes = sizes.sorted { ($0.key.flopsPerToken, $0.key) < ($1.key.flopsPerToken, $1.key) }
    let best = sizes.indices.min { sizes[$0].meanLogLoss < sizes[$1].meanLogLoss }!
    let search: SizeSearch =
      if sizes.count < 3 {
        .fewSizes(tried: sizes.count)
      } else if best == 0 {
        .atEdge(.smallest)
      } else if best == sizes.count - 1 {
        .atEdge(.largest)
      } else {
        .interior
      }
    let group = sizes[best]
    self.init(
      budget: budget, compute: exp(group.meanLogCompute), seconds: group.meanLogSeconds.map(exp),
      loss: exp(group.meanLogLoss), flopsPerToken: group.key.flopsPerToken,
      point: group.key.point, search: search, runs: group.runs.map(\.id))
  }
}

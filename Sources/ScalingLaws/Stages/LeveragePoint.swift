import Foundation

/// A leverage that laws of leverage are fitted to: of a run, of seeds together, or of a family.
public struct LeveragePoint: Hashable, Codable, Sendable {
  /// The first run behind it.
  public var run: Int64
  /// A = E_a / E.
  public var activationRatio: Double
  /// G = 2·d_model / d_expert.
  public var granularity: Double
  /// S = E_s / (E_a + E_s).
  public var sharedRatio: Double
  /// C, FLOPs.
  public var compute: Double
  /// EL.
  public var leverage: Double

  public init(
    run: Int64, activationRatio: Double, granularity: Double, sharedRatio: Double,
    compute: Double, leverage: Double
  ) {
    self.run = run
    self.activationRatio = activationRatio
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.compute = compute
    self.leverage = leverage
  }
}

/// A variable of a leverage law.
public enum LeverageAxis: String, Hashable, Codable, CodingKeyRepresentable, CaseIterable, Sendable
{
  case activationRatio = "A"
  case granularity = "G"
  case compute = "C"

  func value(_ point: LeveragePoint) -> Double {
    switch self {
    case .activationRatio: point.activationRatio
    case .granularity: point.granularity
    case .compute: point.compute
    }
  }

  /// log2 distance within which neighbouring values count as one: integer shapes and whole steps
  /// realise a grid only nearly.
  var gap: Double {
    switch self {
    case .activationRatio: ModelFamily.activationGap
    case .granularity: ActivationSweep.granularityGap
    case .compute: 0.2
    }
  }

  /// Points apart by this axis, in its order.
  func split(_ points: [LeveragePoint]) -> [[LeveragePoint]] {
    ActivationSweep.split(points, by: { log2(value($0)) }, gap: gap)
  }
}

extension LeverageAnalysis {
  /// The leverage of each group of seeds that has one, in the groups' order.
  public func points(of runs: [ObservedRun]) -> [LeveragePoint] {
    let byRun = Dictionary(runs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return groups.compactMap { group in
      guard let estimate = group.inCompute.estimate else { return nil }
      let logs = group.runs.compactMap { byRun[$0].map { log($0.compute) } }
      guard !logs.isEmpty else { return nil }
      return LeveragePoint(
        run: group.runs[0], activationRatio: group.activationRatio,
        granularity: group.granularity, sharedRatio: group.sharedRatio,
        compute: exp(logs.reduce(0, +) / Double(logs.count)), leverage: estimate.value)
    }
  }
}

extension FamilyLeverageStudy {
  /// The leverage of each family at each of its budgets that has one, in the rows' order.
  public var points: [LeveragePoint] {
    rows.compactMap { row in
      guard let estimate = row.outcome.estimate,
        let curve = families.first(where: { $0.family == row.family })
      else { return nil }
      let nearest = curve.envelope.points.min {
        abs(log($0.compute / row.compute)) < abs(log($1.compute / row.compute))
      }
      return LeveragePoint(
        run: nearest?.runs.first ?? 0, activationRatio: row.family.activationRatio,
        granularity: row.family.granularity, sharedRatio: row.family.sharedRatio,
        compute: row.compute, leverage: estimate.value)
    }
  }
}

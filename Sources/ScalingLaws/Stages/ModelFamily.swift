import Foundation

/// What a family keeps while it scales (arXiv 2507.17702, Def. 3.1): its grid family, A, G and S.
/// Integer shapes realise these only nearly; the values are means over the family's runs.
public struct ModelFamily: Hashable, Codable, Sendable {
  /// The grid's family.
  public var name: String
  public var isDense: Bool
  /// A = E_a / E; 1 for a dense family.
  public var activationRatio: Double
  /// G; 0 for a dense family.
  public var granularity: Double
  /// S; 0 for a dense family.
  public var sharedRatio: Double

  /// `moe (A = 0.0312, G = 2, S = 0.333)`.
  public var label: String {
    isDense
      ? name
      : "\(name) (A = \(activationRatio.readable), G = \(granularity.readable), "
        + "S = \(sharedRatio.readable))"
  }

  /// Neighbours within this ratio of A, difference of log2 G and difference of S are one family: the
  /// tolerances of the sweeps over A, and of A itself less than the smallest step of a grid.
  static let activationGap = 0.2  // of log2 A
}

/// The runs of one family in groups of seeds.
struct FamilyRuns {
  var family: ModelFamily
  var groups: [RunGroup]

  /// Families in order of name, A, G and S, whatever the order of the runs.
  static func grouping(_ groups: [RunGroup]) -> [FamilyRuns] {
    var parts = Dictionary(grouping: groups) { "\($0.runs[0].isDense)|\($0.key.family)" }
      .sorted { $0.key < $1.key }.map(\.value)
    func run(_ group: RunGroup) -> ObservedRun { group.runs[0] }
    func split(by value: (RunGroup) -> Double, gap: Double) {
      parts = parts.flatMap { part in
        run(part[0]).isDense ? [part] : ActivationSweep.split(part, by: value, gap: gap)
      }
    }
    split(by: { log2(run($0).activationRatio) }, gap: ModelFamily.activationGap)
    split(by: { log2(run($0).granularity) }, gap: ActivationSweep.granularityGap)
    split(by: { run($0).sharedRatio }, gap: ActivationSweep.sharedGap)
    return parts.map { FamilyRuns(groups: $0.sorted { $0.key < $1.key }) }
  }

  private init(groups: [RunGroup]) {
    self.groups = groups
    let runs = groups.flatMap(\.runs)
    let n = Double(runs.count)
    let isDense = runs[0].isDense
    func mean(_ value: (ObservedRun) -> Double) -> Double {
      runs.reduce(0) { $0 + value($1) } / n
    }
    family = ModelFamily(
      name: runs[0].family, isDense: isDense,
      activationRatio: isDense ? 1 : mean(\.activationRatio),
      granularity: isDense ? 0 : mean(\.granularity),
      sharedRatio: isDense ? 0 : mean(\.sharedRatio))
  }
}

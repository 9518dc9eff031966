import Foundation

/// A law of leverage in one variable, the others held (arXiv 2507.17702, Eq. 10 to 12).
public struct SeparableLaw: Hashable, Sendable {
  public var axis: LeverageAxis
  /// Geometric means of what is held, the shared ratio's mean among them.
  public var held: [LeverageAxis: Double]
  public var sharedRatio: Double
  public var fit: LawFit
}

/// Eq. 10 in A at each (C, G), Eq. 11 in G at each (C, A), Eq. 12 in C at each (A, G).
public struct SeparableLaws: Hashable, Sendable {
  public var laws: [SeparableLaw]
  /// The variables without a law, and why.
  public var refusals: [LeverageAxis: StageRefusal]
  public var warnings: [StageWarning]

  /// Different A from which A_start is fitted beside a_A; with fewer, log EL = a_A·log A.
  public static let wantedRatios = 4

  /// Fits every law that the points allow.
  ///
  /// - Throws: `noRuns`; `needsLevels` when no variable has a law.
  public init(
    points: [LeveragePoint], options: FitOptions = .init(loss: .huber(delta: 0.1))
  ) throws(StageRefusal) {
    guard !points.isEmpty else { throw .noRuns(stage: "a law of leverage") }
    laws = []
    refusals = [:]
    warnings = []
    let sharing = ActivationSweep.split(
      points, by: \.sharedRatio, gap: ActivationSweep.sharedGap)
    for axis in LeverageAxis.allCases {
      var most = 0
      for cell in sharing.flatMap({ axis.cells($0) }) {
        let levels = axis.split(cell).count
        most = max(most, levels)
        guard levels >= axis.neededLevels else { continue }
        do throws(StageRefusal) {
          laws.append(try Self.law(axis, cell, options))
        } catch {
          refusals[axis] = error
        }
      }
      if !laws.contains(where: { $0.axis == axis }), refusals[axis] == nil {
        refusals[axis] = .needsLevels(
          law: axis.equation, of: axis.rawValue, held: axis.heldLetters, have: most,
          need: axis.neededLevels)
      }
    }
    guard !laws.isEmpty else {
      throw refusals[.activationRatio] ?? .noRuns(stage: "a law of leverage")
    }
  }

  private static func law(
    _ axis: LeverageAxis, _ cell: [LeveragePoint], _ options: FitOptions
  ) throws(StageRefusal) -> SeparableLaw {
    var options = options
    let form: any NamedLawForm
    switch axis {
    case .activationRatio:
      form = LeverageByActivationForm()
      // One sweep cannot tell A_max from infinity (5e16 in the paper), and few ratios not A_start
      // from nothing.
      options.fixed["A_max"] = 1e18
      if axis.split(cell).count < wantedRatios { options.fixed["A_start"] = 1e-8 }
    case .granularity: form = LeverageByGranularityForm()
    case .compute: form = LeverageByComputeForm()
    }
    let data = LawData(
      rows: cell.map {
        LawData.Row(
          run: $0.run, cell: "\($0.compute)", variables: [axis.value($0)], value: $0.leverage)
      })
    let fit = try staged { () throws(ScalingLawsError) in
      try LawFit.fit(form, to: data, options: options)
    }
    let n = Double(cell.count)
    var held: [LeverageAxis: Double] = [:]
    for other in axis.others {
      held[other] = exp(cell.reduce(0) { $0 + log(other.value($1)) } / n)
    }
    return SeparableLaw(
      axis: axis, held: held, sharedRatio: cell.reduce(0) { $0 + $1.sharedRatio } / n, fit: fit)
  }

  /// The laws in one variable.
  public func laws(of axis: LeverageAxis) -> [SeparableLaw] { laws.filter { $0.axis == axis } }
}

extension LeverageAxis {
  var others: [LeverageAxis] { Self.allCases.filter { $0 != self } }

  /// Different values that a law needs, one a parameter that cannot be held.
  var neededLevels: Int { self == .granularity ? 3 : 2 }

  var equation: String {
    switch self {
    case .activationRatio: "Eq. 10"
    case .granularity: "Eq. 11"
    case .compute: "Eq. 12"
    }
  }

  var heldLetters: String {
    switch self {
    case .activationRatio: "C and G"
    case .granularity: "C and A"
    case .compute: "A and G"
    }
  }

  /// Points that agree in the other two variables.
  func cells(_ points: [LeveragePoint]) -> [[LeveragePoint]] {
    others.reduce([points]) { parts, other in parts.flatMap { other.split($0) } }
  }
}

/// The allocation law by its three routes, with their disagreement.
public struct AllocationStudy: Hashable, Sendable {
  public var measure: SizeMeasure
  public var akima: StageStep<IsoFLOP>
  public var parabola: StageStep<IsoFLOP>
  public var parametric: StageStep<ParametricAllocation>
  /// Nil unless two routes gave a law.
  public var disagreement: AllocationDisagreement?
  /// About the routes together; each route has its own.
  public var warnings: [StageWarning]

  /// Runs every route; one that the data do not allow is refused alone.
  ///
  /// - Parameters:
  ///   - points: of one family.
  ///   - profile: for both isoFLOP routes; its method is not read.
  ///   - parametric: of the fit of L(N, D).
  public init(
    points: [IsoFLOPPoint], measure: SizeMeasure, profile: IsoFLOPOptions = .init(),
    parametric fit: FitOptions = .init(loss: .huber(delta: 1e-3))
  ) {
    func isoFLOP(_ method: IsoFLOPOptions.Method) -> StageStep<IsoFLOP> {
      var options = profile
      options.method = method
      return StageStep { () throws(StageRefusal) in
        try IsoFLOP(points: points, measure: measure, options: options)
      }
    }
    self.measure = measure
    akima = isoFLOP(.akima)
    parabola = isoFLOP(.parabola)
    parametric = StageStep { () throws(StageRefusal) in
      try ParametricAllocation(points: points, measure: measure, options: fit)
    }
    let laws = [akima.value?.size, parabola.value?.size, parametric.value?.size]
    disagreement = AllocationDisagreement(laws.compactMap(\.self))
    warnings =
      disagreement.flatMap { $0.isLarge ? [.routesDisagree($0)] : nil } ?? []
  }

  /// M_opt or N_opt by the first route that has one: Akima, parabola, parametric.
  public var size: PowerProductLaw? {
    akima.value?.size ?? parabola.value?.size ?? parametric.value?.size
  }

  /// D_opt by the same route.
  public var tokens: PowerProductLaw? {
    akima.value?.tokens ?? parabola.value?.tokens ?? parametric.value?.tokens
  }
}

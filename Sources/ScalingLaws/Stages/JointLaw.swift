/// The joint law of leverage, Eq. 13 of arXiv 2507.17702, over all points, judged by those of high
/// leverage that are kept from the fit.
public struct JointLaw: Hashable, Sendable {
  public var fit: LawFit
  /// What the fit's parameters mean, such as the logarithms' bases.
  public var formOptions: [FormOption]
  /// Points at or above it were held out; nil for none.
  public var threshold: Double?
  public var warnings: [StageWarning]

  /// The paper's threshold (§4.3): EL < 6 is fitted, the rest judges.
  public static let paperThreshold = 6.0

  /// The form that was fitted, to predict by.
  public var form: JointLeverageForm {
    formOptions.reduce(JointLeverageForm()) { $0.setting($1.name, to: $1.choice) }
  }

  /// Fits from the form's own starts and from what the separable laws imply.
  ///
  /// - Parameters:
  ///   - separable: nil for the form's starts alone.
  ///   - threshold: EL from which points are held out; nil to fit all.
  /// - Throws: `noRuns`; `needsLevels` when A, G or C does not vary enough; `fit`.
  public init(
    points: [LeveragePoint], separable: SeparableLaws? = nil,
    form: JointLeverageForm = .init(saturation: .start),
    threshold: Double? = JointLaw.paperThreshold,
    options: FitOptions = .init(loss: .huber(delta: 0.1))
  ) throws(StageRefusal) {
    guard !points.isEmpty else { throw .noRuns(stage: "the joint law of leverage") }
    let fitted = points.filter { point in threshold.map { point.leverage < $0 } ?? true }
    for axis in LeverageAxis.allCases {
      let levels = axis.split(fitted).count
      guard levels >= axis.neededLevels else {
        throw .needsLevels(
          law: "Eq. 13", of: axis.rawValue,
          held: threshold.map { "EL below \($0.readable)" } ?? "study", have: levels,
          need: axis.neededLevels)
      }
    }
    var options = options
    if let threshold { options.holdOut = .above(threshold) }
    let data = LawData(
      rows: points.map {
        LawData.Row(
          run: $0.run, cell: "\($0.compute)",
          variables: [$0.activationRatio, $0.granularity, $0.compute], value: $0.leverage)
      })
    let started: any NamedLawForm =
      if let start = separable.flatMap({ JointLawStart($0, form: form) }) {
        StartedForm(base: form, start: start.theta(form))
      } else {
        form
      }
    fit = try staged { () throws(ScalingLawsError) in
      try LawFit.fit(started, to: data, options: options)
    }
    formOptions = form.options
    self.threshold = threshold
    warnings = fit.warnings.map(StageWarning.fit)
  }
}

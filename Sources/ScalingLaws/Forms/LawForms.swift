import Experiment

/// Every form of the field that is offered, by name.
public enum LawForms {
  /// In the order in which they are listed, each with its default options.
  public static let all: [any NamedLawForm] =
    leverage + PowerProductForm.all + losses

  private static let leverage: [any NamedLawForm] = [
    JointLeverageForm(), LeverageByActivationForm(), LeverageByGranularityForm(),
    LeverageByComputeForm(), SummaryLeverageForm(),
  ]

  private static let losses: [any NamedLawForm] = [
    OffsetLossForm(), ChinchillaForm(), KaplanForm(), CriticalPowerForm.byParameters,
    CriticalPowerForm.byTokens, CriticalPowerForm.byLeastCompute, ClarkForm(), GranularityForm(),
    JointMoEForm(), SparsityForm(), WeightSparsityForm(), ActiveExpertsForm(), RepeatedDataForm(),
    OvertrainingForm(), ParabolaForm.lossByGranularity(), ParabolaForm.lossBySharedRatio,
  ]

  /// The names, in the order of `all`.
  public static var names: [String] { all.map(\.name) }

  /// The form of that name, its options changed from their defaults where `options` says so.
  ///
  /// - Throws: `form(.unknownForm)` with the nearest name; `form(.unknownOption)`;
  ///   `form(.unknownChoice)`.
  public static func named(
    _ name: String, options: [String: String] = [:]
  ) throws(ScalingLawsError) -> any NamedLawForm {
    guard let form = all.first(where: { $0.name == name }) else {
      throw .form(
        .unknownForm(name: name, nearest: nearestName(to: name, in: names), known: names))
    }
    return try form.choosing(options)
  }
}

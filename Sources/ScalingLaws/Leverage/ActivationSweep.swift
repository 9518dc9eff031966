import Foundation

/// Groups of one family and budget that hold G and S, so that only A tells them apart.
struct ActivationSweep {
  /// In the study's order of groups.
  var groups: [GroupLeverage]

  /// Integer shapes realise G and S only nearly: neighbours closer than these belong together.
  static let granularityGap = 0.25  // of log2 G
  static let sharedGap = 0.05

  /// Different activation ratios.
  var activationRatios: Set<Double> { Set(groups.map(\.activationRatio)) }

  /// Splits rows into sweeps, by family, budget, then gaps in log2 G and in S. Rows that share their
  /// A, such as those of an axis that is none of A, G and S, count side by side.
  static func sweeps(_ rows: [GroupLeverage]) -> [ActivationSweep] {
    var cells: [[GroupLeverage]] = []
    for row in rows {
      if let place = cells.firstIndex(where: {
        $0[0].family == row.family && $0[0].budget == row.budget
      }) {
        cells[place].append(row)
      } else {
        cells.append([row])
      }
    }
    return cells.flatMap { cell in
      split(cell, by: { log2($0.granularity) }, gap: granularityGap).flatMap { part in
        split(part, by: \.sharedRatio, gap: sharedGap).map(ActivationSweep.init)
      }
    }
  }

  /// Rows in order of a value, apart where neighbours differ by more than `gap`; each part in the
  /// rows' own order.
  static func split<Row>(
    _ rows: [Row], by value: (Row) -> Double, gap: Double
  ) -> [[Row]] {
    let order = rows.indices.sorted { (value(rows[$0]), $0) < (value(rows[$1]), $1) }
    var parts: [[Int]] = []
    for index in order {
      if let last = parts.last?.last, value(rows[index]) - value(rows[last]) <= gap {
        parts[parts.count - 1].append(index)
      } else {
        parts.append([index])
      }
    }
    return parts.map { $0.sorted().map { rows[$0] } }
  }
}

extension LeverageStudy {
  /// Activation ratios below which an exponent is flagged.
  static let wantedActivationRatios = 3

  /// log EL = a_A·log A for every sweep with two or more A below 1
  /// (arXiv 2507.17702, Eq. 10 without saturation).
  func activationLaws(rows: [GroupLeverage], samples: LeverageSamples) -> [FittedLaw] {
    let measured = rows.filter { $0.inCompute.estimate != nil && $0.activationRatio < 1 }
    return ActivationSweep.sweeps(measured).compactMap { sweep in
      sweep.activationRatios.count >= 2 ? activationLaw(sweep, samples) : nil
    }
  }

  private func activationLaw(_ sweep: ActivationSweep, _ samples: LeverageSamples) -> FittedLaw? {
    let fit = RobustFit(form: UnitPowerLawForm(), loss: options.leverageResidual)
    let inputs = sweep.groups.map { log($0.activationRatio) }
    let points = zip(sweep.groups, inputs).compactMap { group, input in
      group.inCompute.estimate.map { FitPoint(input: input, logValue: log($0.value)) }
    }
    // A form of one linear parameter with finite points always has its minimum.
    guard let result = try? fit.fit(points) else { return nil }
    let columns = sweep.groups.map { samples.mean(samples.inCompute, over: $0.runs) }
    let resamples = plan.draws.indices.compactMap { d -> Double? in
      let values = columns.map { $0[d] }
      guard values.allSatisfy(\.isFinite) else { return nil }
      let resample = zip(inputs, values).map { FitPoint(input: $0, logValue: $1) }
      return fit.refit(resample, from: result.theta)?.first
    }
    var warnings = result.diagnostics.warnings
    let ratios = sweep.activationRatios
    if ratios.count < Self.wantedActivationRatios {
      warnings.append(
        .fewActivationRatios(have: ratios.count, wanted: Self.wantedActivationRatios))
    }
    if resamples.count < plan.draws.count {
      let failed = plan.draws.count - resamples.count
      warnings.append(.resamplesFailed(failed: failed, of: plan.draws.count))
    }
    let outside = sweep.groups.filter { $0.inCompute.estimate?.isExtrapolated == true }
    if !outside.isEmpty {
      warnings.append(.extrapolated(runs: outside.count, of: sweep.groups.count))
    }
    let n = Double(sweep.groups.count)
    let akaike = result.correctedAkaike
    return FittedLaw(
      subject: .leverageAgainstActivation(
        family: sweep.groups[0].family, budget: sweep.groups[0].budget,
        granularity: sweep.groups.reduce(0) { $0 + $1.granularity } / n,
        sharedRatio: sweep.groups.reduce(0) { $0 + $1.sharedRatio } / n),
      form: fit.form.name, formula: "EL = A^(a_A)", isSelected: true,
      parameters: [
        FittedParameter(
          name: "a_A", value: result.theta[0],
          interval: resamples.count * 10 >= plan.draws.count * 9
            ? Interval(percentilesOf: resamples, level: options.level) : nil)
      ],
      range: FittedRange(ratios.min()!, ratios.max()!), logResidual: result.logResidual,
      correctedAkaike: akaike.isFinite ? akaike : nil, diagnostics: result.diagnostics,
      warnings: warnings, runs: sweep.groups.flatMap(\.runs).sorted())
  }
}

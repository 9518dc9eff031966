import Foundation
import ScalingLaws

/// How often 95 % intervals hold the truth, on data simulated from each form's law at its paper's
/// design and noise. A parameter that most studies warn of is judged by predictions alone.
struct CoverageBenchmark {
  private let options: Options
  private let bootstraps: Int

  init(_ options: Options) {
    self.options = options
    bootstraps = options.bootstraps ?? 200
  }

  /// Counts of one quantity.
  private struct Tally {
    var held = 0
    var tried = 0
    /// Studies that warned of it.
    var warned = 0
    var share: Double { Double(held) / Double(tried) }

    mutating func count(_ interval: Interval?, holds truth: Double) {
      tried += 1
      if interval?.contains(truth) == true { held += 1 }
    }

    mutating func add(_ other: Tally) {
      held += other.held
      tried += other.tried
    }
  }

  private struct FormTally {
    var parameters: [Tally]
    var prediction = Tally()
    var refused = 0
  }

  func run() throws {
    print("\(options.repeats) studies a form, \(bootstraps) resamples a study\n")
    print("form                         parameter   truth       held    warned  pooled")
    var parameters = Tally()
    var predictions = Tally()
    for form in LawForms.all where options.form == nil || options.form == form.name {
      guard let design = StudyDesign(form) else {
        print("\(form.name): no design")
        continue
      }
      let begun = ContinuousClock.now
      let tally = try tally(design)
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      parameters.add(report(tally, design, seconds: seconds))
      fflush(nil)
      predictions.add(tally.prediction)
    }
    print(
      String(
        format: "\nall forms: identified parameters %.1f %%, predictions %.1f %%",
        100 * parameters.share, 100 * predictions.share))
  }

  private func tally(_ design: StudyDesign) throws -> FormTally {
    var tally = FormTally(parameters: design.parameters.map { _ in Tally() })
    for study in 0..<options.repeats {
      let data = try design.data(seed: UInt64(1 + study))
      guard let fit = try fit(design, data, seed: UInt64(study)) else {
        tally.refused += 1
        continue
      }
      for (k, truth) in design.parameters.enumerated() {
        tally.parameters[k].count(fit.parameters[k].interval, holds: truth)
        if fit.doubts(fit.parameters[k].name) { tally.parameters[k].warned += 1 }
      }
      for probe in design.probes {
        let truth = try design.form.value(at: probe, parameters: design.parameters)
        let prediction = try fit.prediction(at: probe)
        tally.prediction.count(prediction.interval, holds: truth)
      }
    }
    return tally
  }

  /// Nil when no start converges.
  private func fit(
    _ design: StudyDesign, _ data: LawData, seed: UInt64
  ) throws -> LawFit? {
    do {
      return try LawFit.fit(
        design.form, to: data,
        options: FitOptions(loss: design.loss, bootstraps: bootstraps, seed: seed),
        threads: options.threads)
    } catch {
      if case .noConvergence = error { return nil }
      throw error
    }
  }

  /// Prints a form's lines.
  ///
  /// - Returns: the pool of its identified parameters.
  private func report(_ tally: FormTally, _ design: StudyDesign, seconds: Double) -> Tally {
    var pool = Tally()
    for parameter in tally.parameters where 2 * parameter.warned <= parameter.tried {
      pool.add(parameter)
    }
    func line(_ form: String, _ name: String, _ truth: String, _ tally: Tally, _ rest: String) {
      let warned = 100 * Double(tally.warned) / Double(max(tally.tried, 1))
      print(
        padded(form, 28), padded(name, 11), padded(truth, 11),
        String(format: "%5.1f %%", 100 * tally.share), String(format: "%5.0f %%", warned), rest)
    }
    for (k, parameter) in tally.parameters.enumerated() {
      line(
        k == 0 ? design.form.name : "", design.form.parameters[k].name,
        String(format: "%.4g", design.parameters[k]), parameter,
        k == 0 && pool.tried > 0 ? String(format: " %5.1f %%", 100 * pool.share) : "")
    }
    line(
      "", "prediction", "\(design.points.count) runs", tally.prediction,
      String(format: " %.1f s", seconds)
        + (tally.refused > 0 ? ", \(tally.refused) without a fit" : ""))
    return pool
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension LawFit {
  /// Whether a warning says that the data do not tell this parameter.
  fileprivate func doubts(_ parameter: String) -> Bool {
    warnings.contains(.notIdentified(parameter: parameter))
      || warnings.contains(.atBound(parameter: parameter))
      || warnings.contains(.termCollapsed(parameter: parameter))
  }
}

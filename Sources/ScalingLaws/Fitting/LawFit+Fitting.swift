import Foundation

extension LawFit {
  /// Fits `form` to `data` from the form's grid of starts.
  ///
  /// The same data, options and seed give the same digits, whatever `threads`.
  ///
  /// - Parameter threads: those that share the bootstrap; the calling thread waits for them.
  /// - Throws: `tooFewPoints` with fewer rows than free parameters; `outsideDomain`, `invalidPoint`
  ///   and `fit` for data or options that cannot be meant; `noConvergence`.
  public static func fit(
    _ form: any NamedLawForm, to data: LawData, options: FitOptions = FitOptions(),
    threads: Int = 1
  ) throws(ScalingLawsError) -> LawFit {
    try options.validate(for: form)
    return try Fitting(form, data, options).fit(threads: threads)
  }
}

extension NamedLawForm {
  /// The options in use, name → choice.
  var choices: [String: String] {
    Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.choice) })
  }
}

/// A form, its data and what a fit asked of them, before the search.
struct Fitting {
  let form: any NamedLawForm
  let data: LawData
  let options: FitOptions
  let problem: FitProblem
  /// Rows that are held out weigh 0.
  let sample: FitSample
  let starts: [[Double]]
  /// Indices of the rows that are fitted.
  let fitted: [Int]

  init(
    _ form: any NamedLawForm, _ data: LawData, _ options: FitOptions
  ) throws(ScalingLawsError) {
    let heldOut = try data.heldOut(options.holdOut, for: form)
    try self.init(form: form, data, options, heldOut: heldOut)
  }

  /// - Parameter heldOut: indices of rows that are not fitted.
  init<Form: NamedLawForm>(
    form: Form, _ data: LawData, _ options: FitOptions, heldOut: Set<Int>
  ) throws(ScalingLawsError) {
    self.form = form
    self.data = data
    self.options = options
    let points = try data.points(for: form)
    fitted = data.rows.indices.filter { !heldOut.contains($0) }
    let fittedPoints = fitted.map { points[$0] }
    var bounds = form.bounds(for: fittedPoints)
    for (k, parameter) in form.parameters.enumerated() {
      guard let value = options.fixed[parameter.name] else { continue }
      bounds.lower[k] = parameter.coordinate(of: value)
      bounds.upper[k] = bounds.lower[k]
    }
    problem = FitProblem(
      form: form, inputs: points.map(\.input), loss: options.loss, bounds: bounds)
    guard !fitted.isEmpty, fitted.count >= problem.free.count else {
      throw .tooFewPoints(
        form: form.name, have: fitted.count, need: max(problem.free.count, 1))
    }
    // Weights tell rows apart, not how much all of them count: their mean is 1.
    let count = Double(fitted.count)
    let total = fitted.reduce(0) { $0 + data.rows[$1].weight }
    sample = FitSample(
      targets: points.map(\.logValue),
      weights: data.rows.indices.map {
        heldOut.contains($0) ? 0 : data.rows[$0].weight * count / total
      })
    starts = form.starts(for: fittedPoints)
  }

  /// The minimum over all starts.
  ///
  /// - Throws: `noConvergence`.
  func search() throws(ScalingLawsError) -> MultiStart {
    try MultiStart(problem, sample, starts: starts)
  }

  func fit(threads: Int) throws(ScalingLawsError) -> LawFit {
    let search = try search()
    let best = search.best
    let curvature = Curvature(problem, sample, at: best.theta)
    let quality = quality(at: best.theta)
    let resamples = resamples(search, curvature, quality, threads: threads)
    let judged = judge(search, curvature, quality, resamples)
    let kept = Set(fitted)
    return LawFit(
      form: form.name, formOptions: form.choices, formula: form.formula, quantity: form.quantity,
      variables: form.variables,
      options: options, parameters: judged.parameters, quality: quality,
      diagnostics: search.diagnostics, warnings: judged.warnings, ranges: ranges,
      rows: rows(fitted, at: best.theta, leverages: curvature.leverages),
      heldOut: rows(
        data.rows.indices.filter { !kept.contains($0) }, at: best.theta, leverages: nil),
      theta: best.theta, resamples: resamples)
  }

  /// The rows at `indices` beside what θ gives there.
  func rows(_ indices: [Int], at theta: [Double], leverages: [Double]?) -> [LawFit.Row] {
    let predicted = problem.evaluation(at: theta).values
    return indices.map { index in
      let row = data.rows[index]
      return LawFit.Row(
        run: row.run, variables: row.variables, value: row.value,
        predicted: exp(predicted[index]), leverage: leverages?[index])
    }
  }

  private func quality(at theta: [Double]) -> FitQuality {
    FitQuality(
      residuals: problem.residuals(of: sample.targets, at: theta), targets: sample.targets,
      weights: sample.weights, freeParameters: problem.free.count)
  }

  private var ranges: [String: FittedRange] {
    var ranges: [String: FittedRange] = [:]
    for (index, variable) in form.variables.enumerated() {
      let values = fitted.map { data.rows[$0].variables[index] }
      if let low = values.min(), let high = values.max() {
        ranges[variable.name] = FittedRange(low, high)
      }
    }
    return ranges
  }

  private func resamples(
    _ search: MultiStart, _ curvature: Curvature, _ quality: FitQuality, threads: Int
  ) -> FitResamples? {
    guard options.bootstraps > 0, quality.degreesOfFreedom > 0 else { return nil }
    let scheme =
      options.resampling
      ?? (fitted.count < FitOptions.rowsForRuns * problem.free.count ? .residuals : .runs)
    let bootstrap = Bootstrap(
      problem, sample, scheme: scheme, search: search, curvature: curvature, cells: cells)
    return bootstrap.run(
      count: options.bootstraps, seed: options.seed, level: options.level, threads: threads)
  }

  /// Rows of each cell, cells in the order of their first row.
  var cells: [[Int]] {
    var order: [String: Int] = [:]
    var cells: [[Int]] = []
    for row in fitted {
      let cell = data.rows[row].cell
      if let known = order[cell] {
        cells[known].append(row)
      } else {
        order[cell] = cells.count
        cells.append([row])
      }
    }
    return cells
  }
}

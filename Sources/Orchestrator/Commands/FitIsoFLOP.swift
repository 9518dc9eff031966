public import ArgumentParser
public import ScalingLaws
import Wire

struct FitIsoFLOP: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isoflop",
    abstract: "Fit the best model and data size from the sizes tried at each budget.")

  @Option(help: "Size is N, parameters, or M, training FLOPs a token.") var measure = SizeMeasure
    .parameters
  @Option(help: "akima or parabola.") var method = IsoFLOPOptions.Method.akima
  @Option(help: "Standard deviation of a loss, which the bootstrap puts on every point.")
  var noise = 0.003
  @Flag(help: "Let minima at the smallest or largest size enter the law.") var keepEdges = false
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var resamples: ResamplingOptions

  func run() async throws {
    try await reportingFailures {
      let options = IsoFLOPOptions(
        method: method, noise: .absolute(noise),
        keepsEdges: keepEdges, bootstraps: resamples.bootstraps, seed: resamples.seed)
      var fits: [IsoFLOPFit] = []
      let letters = ["L", "C", measure.variable.name, "D"]
      for (group, rows) in try await selection.rows(letters) {
        let points = rows.map { row in
          IsoFLOPPoint(
            run: row.run, budget: row.values[1], size: row.values[2], tokens: row.values[3],
            loss: row.values[0])
        }
        fits.append(IsoFLOPFit(group: group, points, measure: measure, options: options))
      }
      try selection.answers.print(
        fits, or: fits.map { $0.rendered(width: Screen.process.width) }.joined(separator: "\n\n"))
      if fits.allSatisfy({ $0.profile == nil }) {
        throw CommandFailure(code: .refused, message: fits[0].refusal ?? "no law could be fitted")
      }
      if let name = resamples.record {
        for fit in fits {
          guard let profile = fit.profile else { continue }
          for law in [profile.size, profile.tokens] {
            let name = [name, fit.group, law.name].filter { !$0.isEmpty }.joined(separator: "/")
            try await selection.record(named: name) {
              LawSubmission(
                study: $0, name: $1, law, warnings: profile.warnings.map(\.description),
                options: ["method": "isoFLOP, \(method.rawValue)"])
            }
          }
        }
      }
    }
  }
}

/// The allocation of one group by the chosen route, beside the other two.
struct IsoFLOPFit: Encodable {
  var group: String
  var profile: IsoFLOP?
  /// Why there is none.
  var refusal: String?
  /// Exponents of the size by each route that has one.
  var exponents: [String: Double] = [:]
  var disagreement: AllocationDisagreement?

  init(
    group: String, _ points: [IsoFLOPPoint], measure: SizeMeasure, options: IsoFLOPOptions
  ) {
    self.group = group
    // Of the parametric route only the exponent is shown, beside the others.
    let study = AllocationStudy(
      points: points, measure: measure, profile: options,
      parametric: FitOptions(loss: .huber(delta: 1e-3), bootstraps: 0))
    let route = options.method == .akima ? study.akima : study.parabola
    profile = route.value
    refusal = route.refusal?.description
    exponents["akima"] = study.akima.value?.size.exponents[0].value
    exponents["parabola"] = study.parabola.value?.size.exponents[0].value
    exponents["parametric"] = study.parametric.value?.size.exponents[0].value
    disagreement = study.disagreement
  }
}

extension SizeMeasure: ExpressibleByArgument {}
extension IsoFLOPOptions.Method: ExpressibleByArgument {}

import Experiment

/// The published laws by name: an index of what the forms carry, so that each coefficient is written
/// once, beside its form.
public enum PublishedLaws {
  /// Every law, in the order in which the forms first name them.
  public static let all: [PublishedLaw] = {
    var laws: [PublishedLaw] = []
    for form in LawForms.all {
      for coefficients in form.published {
        let entry = PublishedLaw.Entry(form: form, coefficients: coefficients)
        if let known = laws.firstIndex(where: { $0.name == coefficients.name }) {
          laws[known].entries.append(entry)
        } else {
          laws.append(PublishedLaw(name: coefficients.name, entries: [entry]))
        }
      }
    }
    return laws
  }()

  /// The names, in the order of `all`.
  public static var names: [String] { all.map(\.name) }

  /// The names of the laws that give a grid's settings as power laws of C.
  public static var settingNames: [String] {
    all.filter { law in
      PublishedLaw.Quantity.allCases.contains { quantity in
        PublishedLaw.Kind.allCases.contains { law.law(quantity, for: $0) != nil }
      }
    }.map(\.name)
  }

  /// The law of that name.
  ///
  /// - Throws: `unknownLaw` with the nearest known name.
  public static func named(_ name: String) throws(ScalingLawsError) -> PublishedLaw {
    guard let law = all.first(where: { $0.name == name }) else {
      throw .unknownLaw(name: name, nearest: nearestName(to: name, in: names), known: names)
    }
    return law
  }

  /// The power law of C for one quantity of one kind of family.
  ///
  /// - Throws: `unknownLaw`; `lawLacks` when the paper prints no such coefficients.
  public static func law(
    _ name: String, _ quantity: PublishedLaw.Quantity, for kind: PublishedLaw.Kind
  ) throws(ScalingLawsError) -> SourcedLaw {
    let published = try named(name)
    guard let sourced = published.law(quantity, for: kind) else {
      let offering = all.filter { $0.law(quantity, for: kind) != nil }
      throw .lawLacks(law: name, quantity: quantity, kind: kind, offeredBy: offering.map(\.name))
    }
    return sourced
  }

  /// The default source where a grid names none: Ling (arXiv 2507.17702), and for the dense
  /// hyperparameters, which that paper does not print, DeepSeek LLM (arXiv 2401.02954).
  public static func standard(
    _ quantity: PublishedLaw.Quantity, for kind: PublishedLaw.Kind
  ) -> SourcedLaw {
    // `all` holds every quantity of both kinds: a test walks the four quantities and two kinds.
    all.lazy.compactMap { $0.law(quantity, for: kind) }.first!
  }
}

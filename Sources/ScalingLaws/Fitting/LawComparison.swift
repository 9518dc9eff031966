import Foundation

/// Rival forms on the same rows, judged by what they say of those rows and of rows they did not see.
public struct LawComparison: Hashable, Codable, Sendable {
  /// A form, and the rows in the order of its own variables.
  public struct Rival: Sendable {
    public var form: any NamedLawForm
    public var data: LawData

    public init(_ form: any NamedLawForm, _ data: LawData) {
      self.form = form
      self.data = data
    }
  }

  /// One rival's fit and standing.
  public struct Entry: Hashable, Codable, Sendable {
    public var fit: LawFit
    /// AICc above the smallest one; nil where AICc is undefined.
    public var akaikeDifference: Double?
    /// exp(−Δ/2) over its sum: the share of evidence under AICc (Burnham and Anderson 2002); 0 where
    /// AICc is undefined.
    public var akaikeWeight: Double
    /// The same under BIC.
    public var bayesWeight: Double
  }

  /// From the smallest AICc to the largest; those without one last.
  public var entries: [Entry]

  /// Fits every rival with the same options.
  ///
  /// - Throws: what `LawFit.fit` does, and `fit(.noRivals)`, `fit(.differentRows)`.
  public init(
    _ rivals: [Rival], options: FitOptions = FitOptions(), threads: Int = 1
  ) throws(ScalingLawsError) {
    guard let first = rivals.first else { throw .fit(.noRivals) }
    var fits: [LawFit] = []
    for rival in rivals {
      let isSame = rival.data.rows.elementsEqual(first.data.rows) {
        $0.run == $1.run && $0.value == $1.value && $0.weight == $1.weight
      }
      guard isSame else {
        throw .fit(.differentRows(form: rival.form.name, other: first.form.name))
      }
      fits.append(try .fit(rival.form, to: rival.data, options: options, threads: threads))
    }
    self.init(fits)
  }

  /// - Parameter fits: to the same rows.
  private init(_ fits: [LawFit]) {
    let akaike = Self.weights(fits.map { $0.quality.correctedAkaike ?? .infinity })
    let bayes = Self.weights(fits.map(\.quality.bayes))
    let smallest = fits.compactMap(\.quality.correctedAkaike).min()
    let entries = fits.indices.map { i in
      Entry(
        fit: fits[i],
        akaikeDifference: fits[i].quality.correctedAkaike.flatMap { value in
          smallest.map { value - $0 }
        },
        akaikeWeight: akaike[i], bayesWeight: bayes[i])
    }
    self.entries = entries.enumerated().sorted { left, right in
      let (a, b) = (left.element.akaikeDifference, right.element.akaikeDifference)
      return (a ?? .infinity, left.offset) < (b ?? .infinity, right.offset)
    }.map(\.element)
  }

  private static func weights(_ criteria: [Double]) -> [Double] {
    guard let smallest = criteria.filter(\.isFinite).min() else { return criteria.map { _ in 0 } }
    let shares = criteria.map { exp((smallest - $0) / 2) }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }
}

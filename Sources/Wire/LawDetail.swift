/// What a law tells of itself beyond its parameters: how it was fitted and how good it is.
public struct LawDetail: Hashable, Codable, Sendable {
  /// A closed range of one variable.
  public struct Range: Hashable, Codable, Sendable {
    public var lower: Double
    public var upper: Double

    public init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// How far one run lies from the law.
  public struct Residual: Hashable, Codable, Sendable {
    public var run: Int64
    /// ln observed − ln predicted.
    public var value: Double

    public init(run: Int64, value: Double) {
      self.run = run
      self.value = value
    }
  }

  /// The form written out.
  public var formula: String?
  /// The data behind it, by the letter of the variable.
  public var ranges: [String: Range]
  /// How it was fitted: residual loss, resampling, seed, what was held out.
  public var options: [String: String]
  /// How good it is: `rmse`, `r_squared`, `aicc`, `bic`, `held_out_rmse` and the like.
  public var scores: [String: Double]
  public var residuals: [Residual]
  /// Parameters of refits to resampled data, in the order of the law's, for intervals of what follows
  /// from them; not all that were made.
  public var resamples: [[Double]]

  public init(
    formula: String? = nil, ranges: [String: Range] = [:], options: [String: String] = [:],
    scores: [String: Double] = [:], residuals: [Residual] = [], resamples: [[Double]] = []
  ) {
    self.formula = formula
    self.ranges = ranges
    self.options = options
    self.scores = scores
    self.residuals = residuals
    self.resamples = resamples
  }
}

extension LawDetail {
  /// What a law does not tell is left out of its JSON.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    formula = try values.decodeIfPresent(String.self, forKey: .formula)
    ranges = try values.decodeIfPresent([String: Range].self, forKey: .ranges) ?? [:]
    options = try values.decodeIfPresent([String: String].self, forKey: .options) ?? [:]
    scores = try values.decodeIfPresent([String: Double].self, forKey: .scores) ?? [:]
    residuals = try values.decodeIfPresent([Residual].self, forKey: .residuals) ?? []
    resamples = try values.decodeIfPresent([[Double]].self, forKey: .resamples) ?? []
  }
}

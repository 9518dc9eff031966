/// A finished run as the fits see it.
public struct ObservedRun: Hashable, Codable, Sendable {
  public var id: Int64
  /// The family of the grid that it belongs to.
  public var family: String
  public var isDense: Bool
  /// The grid's name for the architecture, the same for every seed and budget.
  public var point: String
  /// Nominal budget, FLOPs: what runs are grouped by.
  public var budget: Double
  /// C = M·D as trained, FLOPs: what laws are fitted against.
  public var compute: Double
  /// M, training FLOPs per token; tells dense sizes apart.
  public var flopsPerToken: Double
  /// Final loss; every run of a fit in the same unit.
  public var loss: Double
  /// Training time, seconds; nil for runs that were not timed.
  public var seconds: Double?
  /// A = E_a / E as realised; 1 for a dense model.
  public var activationRatio: Double
  /// G = 2·d_model / d_expert as realised; not read for a dense model.
  public var granularity: Double
  /// S = E_s / (E_a + E_s) as realised; not read for a dense model.
  public var sharedRatio: Double
  public var seed: UInt64

  public init(
    id: Int64, family: String, isDense: Bool, point: String, budget: Double, compute: Double,
    flopsPerToken: Double, loss: Double, seconds: Double?, activationRatio: Double = 1,
    granularity: Double = 0, sharedRatio: Double = 0, seed: UInt64
  ) {
    self.id = id
    self.family = family
    self.isDense = isDense
    self.point = point
    self.budget = budget
    self.compute = compute
    self.flopsPerToken = flopsPerToken
    self.loss = loss
    self.seconds = seconds
    self.activationRatio = activationRatio
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.seed = seed
  }
}

extension ObservedRun {
  /// Refuses a value that no training produces.
  ///
  /// - Throws: `invalidObservation`.
  func validate() throws(ScalingLawsError) {
    try positive("C budget", budget)
    try positive("C", compute)
    try positive("M", flopsPerToken)
    try positive("loss", loss)
    if let seconds { try positive("seconds", seconds) }
    guard !isDense else { return }
    try require(
      activationRatio > 0 && activationRatio <= 1, "A", activationRatio, "0 < A ≤ 1 is required")
    try positive("G", granularity)
    try require(sharedRatio >= 0 && sharedRatio < 1, "S", sharedRatio, "0 ≤ S < 1 is required")
  }

  private func positive(_ quantity: String, _ value: Double) throws(ScalingLawsError) {
    try require(
      value.isFinite && value > 0, quantity, value, "a finite value above 0 is required")
  }

  private func require(
    _ holds: Bool, _ quantity: String, _ value: Double, _ domain: String
  ) throws(ScalingLawsError) {
    guard holds else {
      throw .invalidObservation(run: id, quantity: quantity, value: value, domain: domain)
    }
  }
}

/// A row of `GET /v1/leverage`: efficiency leverage EL = C_dense / C of one run.
public struct LeverageRow: Hashable, Codable, Sendable {
  public var study: String
  public var grid: String?
  public var run: Int64
  public var family: String?
  /// The budget C that was asked for, FLOPs.
  public var budget: Double?
  /// What the axes asked for, as `A=1/32`.
  public var point: String?
  public var seed: Int64?
  /// A routed, G, S and C as realised.
  public var activationRatio: Double?
  public var granularity: Double?
  public var sharedRatio: Double?
  public var flops: Double?
  public var loss: Double?
  public var validationLoss: Double?
  /// EL in FLOPs, with its interval.
  public var leverage: Double
  public var low: Double?
  public var high: Double?
  /// The dense compute lies outside the budgets that the dense law was fitted to.
  public var extrapolated: Bool
  /// EL in measured time, with its interval.
  public var timeLeverage: Double?
  public var timeLow: Double?
  public var timeHigh: Double?
  /// The dense law that was inverted.
  public var law: Int64

  public init(
    study: String, grid: String?, run: Int64, family: String?, budget: Double?, point: String?,
    seed: Int64?, activationRatio: Double?, granularity: Double?, sharedRatio: Double?,
    flops: Double?,
    loss: Double?, validationLoss: Double?, leverage: Double, low: Double?, high: Double?,
    extrapolated: Bool, timeLeverage: Double?, timeLow: Double?, timeHigh: Double?, law: Int64
  ) {
    self.study = study
    self.grid = grid
    self.run = run
    self.family = family
    self.budget = budget
    self.point = point
    self.seed = seed
    self.activationRatio = activationRatio
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.flops = flops
    self.loss = loss
    self.validationLoss = validationLoss
    self.leverage = leverage
    self.low = low
    self.high = high
    self.extrapolated = extrapolated
    self.timeLeverage = timeLeverage
    self.timeLow = timeLow
    self.timeHigh = timeHigh
    self.law = law
  }

  private enum CodingKeys: String, CodingKey {
    case study, grid, run, family, budget, point, seed
    case activationRatio = "A"
    case granularity = "G"
    case sharedRatio = "S"
    case flops = "C"
    case loss
    case validationLoss = "validation_loss"
    case leverage = "EL"
    case low = "EL_low"
    case high = "EL_high"
    case extrapolated
    case timeLeverage = "EL_time"
    case timeLow = "EL_time_low"
    case timeHigh = "EL_time_high"
    case law
  }
}

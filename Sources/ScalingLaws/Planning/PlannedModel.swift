public import Experiment

/// Where a leverage law is asked: a shape at a compute.
public struct PlannedModel: Hashable, Sendable {
  public var shape: Architecture
  /// C, FLOPs.
  public var compute: Double

  public init(shape: Architecture, compute: Double) {
    self.shape = shape
    self.compute = compute
  }

  private var activation: Double { shape.activationRatio().doubleValue }
  /// A dense model has no G; at A = 1 the law hardly depends on it.
  private var granularity: Double { shape.granularity?.doubleValue ?? 2 }

  /// Predicted EL.
  ///
  /// - Throws: `PlanError.law`.
  public func leverage(by model: LeverageModel) throws(PlanError) -> Double {
    do throws(ScalingLawsError) {
      return try model.leverage(
        activation: activation, granularity: granularity, compute: compute)
    } catch {
      throw .law(error)
    }
  }

  /// Its 95 % interval; nil where the law's error is unknown.
  ///
  /// - Throws: `PlanError.law`.
  public func interval(by model: LeverageModel) throws(PlanError) -> Interval? {
    do throws(ScalingLawsError) {
      return try model.interval(
        activation: activation, granularity: granularity, compute: compute)
    } catch {
      throw .law(error)
    }
  }

  /// Whether A and G lie where the law was fitted.
  public func isWithinFit(of model: LeverageModel) -> Bool {
    model.activation.contains(activation) && model.granularity.contains(granularity)
  }
}

import CNLopt
import Foundation

/// A local minimiser in a box: NLopt's limited-memory BFGS (Nocedal 1980; Luksan's code). It draws no
/// random numbers, so a start determines its end.
struct BoundedMinimiser {
  /// Where a start ended.
  struct End {
    var theta: [Double]
    var value: Double
    /// Largest component of the gradient that the box does not hold back.
    var gradient: Double
    var evaluations: Int
    /// Whether the point is stationary; the optimiser's own verdict is not asked, because it reports
    /// failure when it has reached the last bit.
    var converged: Bool
  }

  /// The objective at θ; fills the gradient, which is always asked for.
  typealias Objective = (
    _ theta: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double

  /// A point is stationary when no free component of the gradient exceeds this. Objectives are sums
  /// of residuals in units of the noise, so this is small against one.
  private static let stationary = 1e-5

  static func isStationary(value: Double, gradient: Double) -> Bool {
    value.isFinite && gradient <= stationary * max(1, value)
  }

  var bounds: ParameterBounds

  func minimise(from start: [Double], _ objective: Objective) -> End {
    withoutActuallyEscaping(objective) { objective in
      let box = ObjectiveBox(objective)
      let optimiser = nlopt_create(NLOPT_LD_LBFGS, UInt32(start.count))
      defer { nlopt_destroy(optimiser) }
      nlopt_set_lower_bounds(optimiser, bounds.lower)
      nlopt_set_upper_bounds(optimiser, bounds.upper)
      nlopt_set_ftol_rel(optimiser, 1e-15)
      nlopt_set_xtol_rel(optimiser, 1e-13)
      nlopt_set_maxeval(optimiser, 3000)
      // NLopt's own choice is a history of megabytes, which it then walks on every step.
      nlopt_set_vector_storage(optimiser, 8)
      nlopt_set_min_objective(
        optimiser, ObjectiveBox.call, Unmanaged.passUnretained(box).toOpaque())
      var theta = bounds.clamping(start)
      var value = 0.0
      withExtendedLifetime(box) { _ = nlopt_optimize(optimiser, &theta, &value) }
      return end(at: theta, evaluations: box.evaluations, objective)
    }
  }

  private func end(at theta: [Double], evaluations: Int, _ objective: Objective) -> End {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: theta.count) { gradient in
      let value = theta.withUnsafeBufferPointer { objective($0, gradient) }
      let largest = bounds.freeGradient(UnsafeBufferPointer(gradient), at: theta)
      return End(
        theta: theta, value: value, gradient: largest, evaluations: evaluations,
        converged: Self.isStationary(value: value, gradient: largest))
    }
  }
}

/// Carries a Swift closure through NLopt's `void *`.
private final class ObjectiveBox {
  let objective: BoundedMinimiser.Objective
  var evaluations = 0

  init(_ objective: @escaping BoundedMinimiser.Objective) { self.objective = objective }

  static let call:
    @convention(c) (
      UInt32, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
    ) -> Double = { count, theta, gradient, context in
      let box = Unmanaged<ObjectiveBox>.fromOpaque(context!).takeUnretainedValue()
      box.evaluations += 1
      let n = Int(count)
      let theta = UnsafeBufferPointer(start: theta, count: n)
      guard let gradient else {
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: n) {
          box.objective(theta, $0)
        }
      }
      return box.objective(theta, UnsafeMutableBufferPointer(start: gradient, count: n))
    }
}

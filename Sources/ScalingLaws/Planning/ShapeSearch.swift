import Experiment
import Foundation

/// The search over integer shapes for the one of highest predicted leverage at one C and M.
///
/// The leverage law sees A and G. What it does not see is held near published models: a departure of
/// depth or of the activated width from `ShapeRule` by a factor f costs (ln f)² of log EL, 1 % for
/// a departure of 10 %, one of the key-value groups a fiftieth of that. EL rises or falls monotonely with A, so that only the most and the fewest
/// experts that the constraints allow have to be tried.
struct ShapeSearch {
  let constraints: ShapeConstraints
  let leverage: LeverageModel
  /// C, FLOPs.
  let compute: Double
  /// M aimed at, training FLOPs a token.
  let target: Double
  /// The A and G that may be used.
  let activation: FittedRange
  let granularity: FittedRange
  /// The A and G to come nearest to, where they are held.
  var heldActivation: Double?
  var heldGranularity: Double?

  /// The largest relative distance from the target M: whole steps move C by another 0.5 % at most.
  static let worstError = 0.015

  /// What was met on the way, for a refusal that says what would have been possible.
  struct Findings {
    var nearestModelFLOPs: Int?
    var nearestActivation: Double?
    var smallestActive: Int?
    var smallestTotal: Int?
  }

  struct Candidate {
    var shape: Architecture
    /// log EL less what departures from published models cost.
    var score: Double
  }

  /// The best shape.
  ///
  /// - Throws: `noShape`, `noExpertCount`, `activeAboveLimit` or `totalAboveLimit` when there is
  ///   none; `law`.
  func best(fromTokens: Bool) throws(PlanError) -> Architecture {
    var findings = Findings()
    var best: Candidate?
    for dModel in ShapeRule.widths {
      for layers in layers(dModel: dModel) {
        let trunk = ShapeRule.trunk(layers: layers, dModel: dModel, constraints: constraints)
        for candidate in try candidates(on: trunk, &findings)
        where candidate.score > best?.score ?? -.infinity {
          best = candidate
        }
      }
    }
    if let best { return best.shape }
    if let smallest = findings.smallestTotal, let limit = constraints.maxTotalParameters {
      throw .totalAboveLimit(limit: limit, smallest: smallest)
    }
    if let smallest = findings.smallestActive, let limit = constraints.maxActiveParameters {
      throw .activeAboveLimit(limit: limit, smallest: smallest)
    }
    if let nearest = findings.nearestActivation {
      throw .noExpertCount(
        multiple: constraints.expertsMultiple, activation: activation, nearest: nearest)
    }
    throw .noShape(
      modelFLOPs: target, nearest: findings.nearestModelFLOPs, fromTokens: fromTokens)
  }

  /// Depths to try with a width: those that were asked for, or all within a factor of 1.6 of the
  /// rule.
  private func layers(dModel: Int) -> ClosedRange<Int> {
    if let asked = constraints.layers { return asked }
    let rule = ShapeRule.layers(dModel: dModel)
    return max(1, Int(rule / 1.6))...max(1, Int(rule * 1.6))
  }

  /// Every shape on `trunk` that satisfies the constraints.
  private func candidates(
    on trunk: Architecture, _ findings: inout Findings
  ) throws(PlanError) -> [Candidate] {
    let width = activatedWidth(on: trunk)
    let ratio = width / Double(trunk.dModel)
    guard ShapeRule.widthRatios.contains(ratio) else {
      note(modelFLOPsOf: trunk, ratio: ratio, &findings)
      return []
    }
    var candidates: [Candidate] = []
    for dExpert in expertWidths(dModel: trunk.dModel) {
      let units = width / Double(dExpert)
      for activated in Set([Int(units), Int(units.rounded(.up))]) {
        guard
          let shape = mixture(on: trunk, dExpert: dExpert, activated: activated)
        else { continue }
        findings.nearestModelFLOPs = nearer(
          shape.trainingFLOPsPerToken(), findings.nearestModelFLOPs)
        guard error(of: shape) <= Self.worstError else { continue }
        for experts in expertCounts(of: shape, &findings) {
          var counted = shape
          counted.experts = experts
          guard satisfies(counted, &findings) else { continue }
          candidates.append(Candidate(shape: counted, score: try score(counted)))
        }
      }
    }
    return candidates
  }

  /// (E_a + E_s)·d_expert that brings `trunk` to the target M.
  private func activatedWidth(on trunk: Architecture) -> Double {
    let rest = (target - Double(trunk.trainingFLOPsPerToken())) / 3
    return rest / Double(6 * trunk.layers * trunk.dModel)
  }

  /// The expert widths whose G may be used; the nearest one where G is held.
  private func expertWidths(dModel: Int) -> [Int] {
    let step = Double(ShapeRule.expertStep(dModel: dModel))
    func steps(at granularity: Double) -> Double { 2 * Double(dModel) / granularity / step }
    let first = max(1, Int((steps(at: granularity.upper) - 1e-9).rounded(.up)))
    let last = Int(steps(at: granularity.lower) + 1e-9)
    guard first <= last else { return [] }
    guard let held = heldGranularity else { return (first...last).map { $0 * Int(step) } }
    let nearest = min(max(first, Int(steps(at: held).rounded())), last)
    return [nearest * Int(step)]
  }

  /// An MoE model on `trunk` with its experts still to be counted, or nil when nothing would route.
  func mixture(on trunk: Architecture, dExpert: Int, activated: Int) -> Architecture? {
    let denseLayers = constraints.denseLayers ?? ShapeRule.denseLayers(layers: trunk.layers)
    let topK = activated - constraints.sharedExperts
    guard topK >= 1, denseLayers < trunk.layers else { return nil }
    var shape = trunk
    shape.dExpert = dExpert
    shape.topK = topK
    shape.sharedExperts = constraints.sharedExperts
    shape.denseLayers = denseLayers
    shape.dFFN = denseLayers > 0 ? shape.activatedWidth : 0
    return shape
  }

  func error(of shape: Architecture) -> Double {
    abs(Double(shape.trainingFLOPsPerToken()) / target - 1)
  }

  func score(_ shape: Architecture) throws(PlanError) -> Double {
    let width = Double(shape.activatedWidth) / Double(shape.dModel) / ShapeRule.widthRatio
    do throws(ScalingLawsError) {
      let value = try leverage.leverage(
        activation: shape.activationRatio().doubleValue,
        granularity: shape.granularity?.doubleValue ?? 1, compute: compute)
      let miss = max(0, error(of: shape) - ShapeSolver.goodError)
      return log(value) - ShapeRule.departure(of: shape, width: width) - 3 * miss
    } catch {
      throw .law(error)
    }
  }
}

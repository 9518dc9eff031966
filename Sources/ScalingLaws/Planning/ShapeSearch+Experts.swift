import Experiment
import Foundation

extension ShapeSearch {
  /// The most and the fewest experts that the range of A, the multiple and the limit on N allow; the
  /// fewest alone when they reach the limit, the nearest count where A is held.
  func expertCounts(of shape: Architecture, _ findings: inout Findings) -> [Int] {
    let multiple = constraints.expertsMultiple
    let topK = Double(shape.topK)
    let fewest = roundedUp(
      max(shape.topK, Int((topK / activation.upper - 1e-9).rounded(.up))), to: multiple)
    let allowed = min(Double(ShapeSolver.mostExperts), topK / activation.lower + 1e-9)
    let most = Int(allowed) / multiple * multiple
    guard fewest <= most else {
      findings.nearestActivation = nearestActivation(
        topK: shape.topK, counts: [most, fewest], findings.nearestActivation)
      return []
    }
    if let held = heldActivation {
      return [min(max(fewest, experts(topK: shape.topK, activation: held)), most)]
    }
    guard let limit = constraints.maxTotalParameters else { return [most, fewest] }
    var empty = shape
    empty.experts = 0
    let expert = shape.moeLayers * (3 * shape.dModel * shape.dExpert + shape.dModel)
    let room = (limit - Double(empty.parameters.totalNonVocabulary)) / Double(expert)
    let fitting = Int(min(Double(most), max(0, room))) / multiple * multiple
    return fitting > fewest ? [fitting, fewest] : [fewest]
  }

  /// Whether `shape` keeps to both limits; what it would have taken is kept.
  func satisfies(_ shape: Architecture, _ findings: inout Findings) -> Bool {
    let counts = shape.parameters
    if let limit = constraints.maxActiveParameters, Double(counts.activeNonVocabulary) > limit {
      findings.smallestActive = min(
        findings.smallestActive ?? .max, counts.activeNonVocabulary)
      return false
    }
    if let limit = constraints.maxTotalParameters, Double(counts.totalNonVocabulary) > limit {
      findings.smallestTotal = min(findings.smallestTotal ?? .max, counts.totalNonVocabulary)
      return false
    }
    return true
  }

  /// The count nearest to E_a / A.
  func experts(topK: Int, activation: Double) -> Int {
    let multiple = constraints.expertsMultiple
    let ideal = (Double(topK) / activation / Double(multiple)).rounded()
    return max(roundedUp(topK, to: multiple), Int(ideal) * multiple)
  }

  /// A trunk whose feed-forward would fall outside the width ratios: the M at the nearer end.
  func note(modelFLOPsOf trunk: Architecture, ratio: Double, _ findings: inout Findings) {
    var shape = trunk
    let end =
      ratio < ShapeRule.widthRatios.lowerBound
      ? ShapeRule.widthRatios.lowerBound : ShapeRule.widthRatios.upperBound
    shape.dFFN = Int(end * Double(trunk.dModel))
    findings.nearestModelFLOPs = nearer(
      shape.trainingFLOPsPerToken(), findings.nearestModelFLOPs)
  }

  /// The M nearer to the target.
  func nearer(_ modelFLOPs: Int, _ known: Int?) -> Int {
    guard let known else { return modelFLOPs }
    func distance(_ value: Int) -> Double { abs(log(Double(value) / target)) }
    return distance(modelFLOPs) < distance(known) ? modelFLOPs : known
  }

  private func nearestActivation(topK: Int, counts: [Int], _ known: Double?) -> Double {
    func distance(_ value: Double) -> Double {
      max(log(activation.lower / value), log(value / activation.upper))
    }
    let found = counts.filter { $0 >= topK }.map { Double(topK) / Double($0) }
    return (found + [known].compactMap { $0 }).min { distance($0) < distance($1) } ?? 1
  }

  private func roundedUp(_ number: Int, to multiple: Int) -> Int {
    (number + multiple - 1) / multiple * multiple
  }
}

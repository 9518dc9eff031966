import Foundation

extension ShapeSolver {
  /// The base shape for `target` training FLOPs a token.
  ///
  /// d_model runs over the multiples of `widthMultiple`, and d_expert (d_ffn for a dense family)
  /// floats by single units to hit M. Among the shapes near the target the one is taken whose G is
  /// nearest to nominal and on whose trunk the `siblings` can hold M, too: a d_expert of 33 has no
  /// half for a sweep of G.
  ///
  /// Throws `ShapeError` when no shape comes within 2 % of the target, and when the base point
  /// itself is impossible.
  public func baseShape(
    target: Double, siblings: [ShapePoint] = []
  ) throws(ShapeError) -> Architecture {
    let counts =
      kind == .moe ? try expertCounts(at: ShapePoint(), dExpert: nil) : (0, 0, 0)
    var closest: Candidate?
    var candidates: [Candidate] = []
    for dModel in stride(from: base.widthMultiple, through: .max, by: base.widthMultiple) {
      var shape = trunk(dModel: dModel, counts: counts)
      let ideal = idealWidth(shape, target: target)
      let routes = base.denseLayers < shape.layers
      for width in widths(around: ideal) where routes || kind == .dense {
        setWidth(&shape, width)
        let candidate = Candidate(
          shape: shape, error: abs(Double(shape.trainingFLOPsPerToken()) / target - 1),
          drift: abs(log(Double(width) / nominalWidth(dModel: dModel))))
        if closest.map({ candidate.error < $0.error }) ?? true { closest = candidate }
        if candidate.error <= ShapeSolver.worstError { candidates.append(candidate) }
      }
      if candidates.count > 4096 { candidates = cheapest(candidates) }
      // Wider models have no room for a feed-forward at this target.
      if ideal < 0.5 { break }
    }
    let best = cheapest(candidates).min {
      $0.cost + siblingCost($0.shape, siblings) < $1.cost + siblingCost($1.shape, siblings)
    }
    guard let best else {
      if closest == nil { _ = try denseLayers(at: ShapePoint(), layers: base.depth.minimum) }
      throw .outOfReach(target: target, nearest: closest?.shape.trainingFLOPsPerToken())
    }
    return best.shape
  }

  private struct Candidate {
    var shape: Architecture
    /// Relative distance from the target M.
    var error: Double
    /// Distance of the feed-forward width from nominal, in the logarithm.
    var drift: Double

    /// An error well within `goodError` hardly counts; beyond, it outweighs a drift of G.
    var cost: Double {
      3 * max(0, error - 0.8 * ShapeSolver.goodError) + 0.2 * drift + 0.05 * error
    }
  }

  private func cheapest(_ candidates: [Candidate]) -> [Candidate] {
    Array(candidates.sorted { $0.cost < $1.cost }.prefix(200))
  }

  /// What the worst sibling's distance from this base's M costs. Impossible siblings cost nothing:
  /// another base would not make them possible, and the grid reports them.
  private func siblingCost(_ origin: Architecture, _ siblings: [ShapePoint]) -> Double {
    let target = Double(origin.trainingFLOPsPerToken())
    var worst = 0.0
    for point in siblings {
      do throws(ShapeError) {
        let sibling = try shape(at: point, beside: origin)
        worst = max(worst, abs(Double(sibling.trainingFLOPsPerToken()) / target - 1))
      } catch .outOfReach {
        worst = max(worst, 2 * ShapeSolver.worstError)
      } catch {
        continue
      }
    }
    return 6 * max(0, worst - ShapeSolver.goodError)
  }

  /// The widths nearest to the ideal one, at most 65.
  private func widths(around ideal: Double) -> ClosedRange<Int> {
    let middle = max(1, Int(ideal.rounded()))
    let reach = min(32, Int(Double(middle) * 0.1))
    return max(1, middle - reach - 1)...(middle + reach + 1)
  }

  private func nominalWidth(dModel: Int) -> Double {
    let expert = 2 * Double(dModel) / base.granularity.doubleValue
    return kind == .moe ? expert : expert * Double(base.topK + base.sharedExperts)
  }

  /// A model of width `dModel` with its feed-forward still to be set.
  private func trunk(
    dModel: Int, counts: (experts: Int, topK: Int, shared: Int)
  ) -> Architecture {
    let layers = base.depth.layers(dModel: dModel)
    let heads = nearestDivisor(of: dModel / 2, to: Double(dModel) / Double(base.headDim))
    return Architecture(
      layers: layers, dModel: dModel, heads: heads,
      kvHeads: nearestDivisor(of: heads, to: Double(heads) * base.kvRatio.doubleValue),
      dFFN: 0, dExpert: 0, experts: counts.experts, topK: counts.topK,
      sharedExperts: counts.shared, denseLayers: kind == .dense ? layers : base.denseLayers,
      vocab: vocab, seqLen: seqLen)
  }

  /// The divisor of `number` nearest to `wanted` in the logarithm, the smaller of two as near.
  private func nearestDivisor(of number: Int, to wanted: Double) -> Int {
    var best = 1
    func consider(_ divisor: Int) {
      let (new, old) = (abs(log(Double(divisor) / wanted)), abs(log(Double(best) / wanted)))
      if new < old || (new == old && divisor < best) { best = divisor }
    }
    var small = 1
    while small * small <= number {
      if number.isMultiple(of: small) {
        consider(small)
        consider(number / small)
      }
      small += 1
    }
    return best
  }
}

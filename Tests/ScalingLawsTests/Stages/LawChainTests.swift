import Foundation
import ScalingLaws
import Testing

@Suite("The chain of laws")
struct LawChainTests {
  private static let options = LawChainOptions(
    nearOptimal: .init(bootstraps: 40), profile: .init(bootstraps: 40),
    parametric: .init(loss: .huber(delta: 1e-3), bootstraps: 0),
    leverage: .init(curve: .powerLaw), laws: .init(loss: .huber(delta: 0.1), bootstraps: 0),
    bootstraps: 40)

  /// Dense runs at five sizes a budget, and MoE families over A and G whose leverage is Eq. 13 with
  /// d = 0, the dense ones with a sweep of lr.
  private static func runs() throws -> [StudyRun] {
    let law = JointLeverageForm(saturation: .none)
    var runs: [StudyRun] = []
    func add(
      _ family: String, _ point: String, _ budget: Double, _ size: Double, _ loss: Double,
      _ ratio: Double, _ granularity: Double, lr: Double
    ) {
      let isDense = family == "dense"
      runs.append(
        StudyRun(
          ObservedRun(
            id: Int64(runs.count + 1), family: family, isDense: isDense, point: point,
            budget: budget, compute: budget, flopsPerToken: size, loss: loss, seconds: nil,
            activationRatio: ratio, granularity: granularity, sharedRatio: 0, seed: 0),
          settings: [.learningRate: lr]))
    }
    for budget in [1e17, 1e18, 1e19, 1e20] {
      let best = 0.1 * pow(budget, 0.5)
      let lr = 1.2 * pow(budget, -0.15)
      for offset in [-2.0, -1, 0, 1, 2] {
        let loss = 20 * pow(budget, -0.05) * exp(0.01 * offset * offset)
        for step in [-1.0, 0, 1] {
          add(
            "dense", "scale \(offset)", budget, best * exp(offset), loss * exp(0.01 * step * step),
            1, 0, lr: lr * exp2(step))
        }
      }
      for a in [1.0 / 32, 1.0 / 8, 1.0 / 2] {
        for g in [2.0, 4, 8] {
          let leverage = try law.value(
            at: [a, g, budget], parameters: [-0.5, 0.001, 0.02, -0.12])
          add(
            "moe", "A \(a) G \(g)", budget, best, 20 * pow(budget * leverage, -0.05), a, g, lr: lr)
        }
      }
    }
    return runs
  }

  @Test("From runs alone every law that they allow is found")
  func whole() throws {
    let chain = LawChain(runs: try Self.runs(), options: Self.options)
    let tuning = try #require(chain.hyperparameters["dense"]?.value)
    #expect(abs(tuning.laws[0].exponents[0].value + 0.15) < 1e-9)
    #expect(chain.hyperparameters.count == 10)
    let moe = "moe (A = 0.125, G = 4, S = 0)"
    #expect(chain.hyperparameters[moe]?.refusal == .nothingTuned)
    let allocation = try #require(chain.allocations["dense"]?.akima.value)
    #expect(abs(allocation.size.exponents[0].value - 0.5) < 0.01)
    #expect(chain.allocations[moe]?.akima.refusal != nil)
    let leverage = try #require(chain.leverage.value)
    #expect(leverage.groups.count == 36)
    #expect(try #require(chain.families.value).families.count == 9)
    #expect(try #require(chain.separable.value).refusals.isEmpty)
    let joint = try #require(chain.joint.value)
    for point in joint.fit.rows { #expect(abs(point.residual) < 0.02) }
  }

  @Test("Leverage takes the best of a sweep of hyperparameters, not its mean")
  func sweepsAreNotSeeds() throws {
    let chain = LawChain(runs: try Self.runs(), options: Self.options)
    let beta = try #require(chain.families.value).dense.curve
    #expect(abs(beta.beta - 0.05) < 1e-6)
    #expect(abs(beta.alpha - 20) < 1e-3)
  }

  @Test("Either source of leverages gives the same joint law where runs lie on their curves")
  func sources() throws {
    var byRuns = Self.options
    byRuns.source = .runs
    let runs = try Self.runs()
    let families = try #require(LawChain(runs: runs, options: Self.options).joint.value)
    let single = try #require(LawChain(runs: runs, options: byRuns).joint.value)
    for (a, b) in zip(families.fit.parameters, single.fit.parameters) where a.name != "A_start" {
      #expect(abs(a.value - b.value) < 0.01)
    }
  }

  @Test("Without dense runs the leverage steps say why they are missing, and the rest stands")
  func partial() throws {
    let moe = try Self.runs().filter { !$0.observed.isDense }
    let chain = LawChain(runs: moe, options: Self.options)
    #expect(chain.leverage.refusal == .fit(.noDenseRuns))
    #expect(chain.families.refusal == .fit(.noDenseRuns))
    #expect(chain.separable.refusal == .needsStage("leverage over a dense curve"))
    #expect(chain.joint.refusal == .needsStage("leverage over a dense curve"))
    let dense = try Self.runs().filter(\.observed.isDense)
    let without = LawChain(runs: dense, options: Self.options)
    #expect(without.hyperparameters["dense"]?.value != nil)
    #expect(without.joint.refusal == .noRuns(stage: "the joint law of leverage"))
    let none = LawChain(runs: [], options: Self.options)
    #expect(none.hyperparameters.isEmpty)
    #expect(none.families.refusal != nil)
  }

  @Test("One granularity leaves the joint law out by its name, and Eq. 10 and 12 stand")
  func oneGranularity() throws {
    let runs = try Self.runs().filter { $0.observed.isDense || $0.observed.granularity == 2 }
    let chain = LawChain(runs: runs, options: Self.options)
    #expect(
      chain.joint.refusal
        == .needsLevels(law: "Eq. 13", of: "G", held: "EL below 6", have: 1, need: 3))
    let separable = try #require(chain.separable.value)
    #expect(separable.laws(of: .granularity).isEmpty)
    #expect(separable.laws(of: .activationRatio).count == 4)
    #expect(separable.laws(of: .compute).count == 3)
  }

  @Test("The order of the runs changes nothing")
  func order() throws {
    let runs = try Self.runs()
    let chain = LawChain(runs: runs, options: Self.options)
    #expect(LawChain(runs: runs.reversed(), options: Self.options) == chain)
  }

  @Test("A chain runs the steps asked for and what they start from, and they give the same")
  func someSteps() throws {
    let runs = try Self.runs()
    let whole = LawChain(runs: runs, options: Self.options)
    let joint = LawChain(runs: runs, steps: [.joint], options: Self.options)
    #expect(joint.joint == whole.joint)
    #expect(joint.separable == whole.separable)
    #expect(joint.families == whole.families)
    #expect(joint.hyperparameters.isEmpty)
    #expect(joint.allocations.isEmpty)
    #expect(joint.leverage.refusal == .notAsked)
    var byRuns = Self.options
    byRuns.source = .runs
    let separable = LawChain(runs: runs, steps: [.separable], options: byRuns)
    #expect(separable.separable.value != nil)
    #expect(separable.leverage == whole.leverage)
    #expect(separable.families.refusal == .notAsked)
    #expect(separable.joint.refusal == .notAsked)
    let tuning = LawChain(runs: runs, steps: [.hyperparameters], options: Self.options)
    #expect(tuning.hyperparameters == whole.hyperparameters)
    #expect(tuning.allocations.isEmpty)
    #expect(tuning.families.refusal == .notAsked)
  }
}

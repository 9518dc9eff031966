import Foundation
import ScalingLaws
import Testing

@Suite("Hyperparameter laws from near-optimal runs")
struct NearOptimalSelectionTests {
  private let options = NearOptimalOptions(bootstraps: 300)

  @Test("Over N and D the planted exponents lie in the intervals of a bootstrap over cells")
  func recoversSizes() throws {
    let selection = try NearOptimalSelection(
      runs: SimulatedSweep().runs(seed: 1), options: options)
    #expect(selection.laws.map(\.name) == ["lr(N, D)", "B(N, D)", "B(D)"])
    let planted: [[Double]] = [[-0.7, 0.3], [0, 0.57], [0.57]]
    for (law, exponents) in zip(selection.laws, planted) {
      for (exponent, truth) in zip(law.exponents, exponents) {
        let cell = try #require(exponent.spreads[.cell])
        #expect(abs(exponent.value - truth) < 4 * cell.standardDeviation)
        #expect(abs(exponent.value - truth) < 0.05)
        #expect(cell.interval != nil)
        #expect(exponent.spreads[.run] != nil)
      }
    }
    #expect(selection.cells.count == 12)
    for cell in selection.cells {
      #expect(cell.kept.contains(cell.bestRun))
      #expect(cell.tried == 49)
    }
    #expect(selection.warnings.isEmpty)
  }

  @Test("Over budgets η and B are power laws of C, and evaluate as such")
  func recoversBudgets() throws {
    let sweep = SimulatedSweep(
      noise: 0.0001, cells: (0..<9).map { .budget(3e17 * pow(2, Double($0))) })
    let selection = try NearOptimalSelection(runs: sweep.runs(seed: 2), options: options)
    let lr = try #require(selection.laws.first)
    #expect(abs(lr.exponents[0].value + 0.15) < 0.03)
    #expect(abs(selection.laws[1].exponents[0].value - 0.36) < 0.03)
    #expect(abs(lr(1e19) / sweep.optimum(.budget(1e19)).lr - 1) < 0.1)
    #expect(lr.formula.hasPrefix("lr = "))
  }

  @Test("Kept runs are within the share of their cell's best loss, and 0 keeps the best alone")
  func shares() throws {
    let runs = SimulatedSweep().runs(seed: 3)
    let byId = Dictionary(uniqueKeysWithValues: runs.map { ($0.run, $0) })
    for share in [0, 0.001, 0.004] {
      let selection = try NearOptimalSelection(
        runs: runs, options: .init(share: share, outlierLimit: nil, bootstraps: 0))
      for cell in selection.cells {
        let within = runs.filter {
          $0.cell == cell.cell && $0.loss <= cell.bestLoss * (1 + share)
        }
        #expect(Set(cell.kept) == Set(within.map(\.run)))
        #expect(byId[cell.bestRun]?.loss == cell.bestLoss)
      }
      #expect(share > 0 || selection.cells.allSatisfy { $0.kept.count == 1 })
    }
  }

  @Test("Each law has a row for each share, whose runs grow with it")
  func sensitivity() throws {
    let selection = try NearOptimalSelection(
      runs: SimulatedSweep().runs(seed: 4), options: options)
    for law in selection.laws {
      let rows = selection.sensitivity.filter { $0.law == law.name }
      #expect(rows.map(\.share) == [0, 0.001, 0.0025, 0.005])
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.runs <= $1.runs })
      #expect(rows[2].exponents == law.exponents.map(\.value))
    }
  }

  @Test("An exponent that moves with the share is warned of")
  func thresholdSensitive() throws {
    let sweep = SimulatedSweep(noise: 0.0001, steps: 15, skew: 0.5)
    let selection = try NearOptimalSelection(runs: sweep.runs(seed: 4), options: options)
    #expect(
      selection.warnings.contains {
        if case .thresholdSensitive("lr(N, D)", "exponent of N", _, _) = $0 { true } else { false }
      })
    #expect(
      !selection.warnings.contains {
        if case .thresholdSensitive("B(D)", _, _, _) = $0 { true } else { false }
      })
  }

  @Test("A bootstrap over runs is narrower than one over cells where cells differ")
  func runsAreOptimistic() throws {
    var runs = SimulatedSweep().runs(seed: 5)
    var generator = SplitMix64(seed: 6)
    let tilt = Dictionary(
      uniqueKeysWithValues: SimulatedSweep().cells.map { ($0, 0.4 * generator.normal()) })
    for index in runs.indices {
      runs[index].settings[.learningRate]! *= exp(tilt[runs[index].cell]!)
    }
    let law = try NearOptimalSelection(runs: runs, options: options).laws[0]
    for exponent in law.exponents {
      let byRun = try #require(exponent.spreads[.run]).standardDeviation
      let byCell = try #require(exponent.spreads[.cell]).standardDeviation
      #expect(byRun < byCell)
    }
  }

  @Test("A run far from the law is left out and named")
  func outliers() throws {
    var runs = SimulatedSweep().runs(seed: 7)
    let clean = try NearOptimalSelection(runs: runs, options: options)
    let place = try #require(runs.firstIndex { $0.run == clean.cells[0].bestRun })
    runs[place].settings[.learningRate]! *= 40
    let spoilt = try NearOptimalSelection(runs: runs, options: options)
    #expect(spoilt.warnings.contains(.outliersDropped(variable: "lr", runs: [runs[place].run])))
    #expect(!spoilt.laws[0].runs.contains(runs[place].run))
    #expect(spoilt.laws[1].runs.contains(runs[place].run))
    #expect(abs(spoilt.laws[0].exponents[0].value - clean.laws[0].exponents[0].value) < 0.05)
  }

  @Test("A best at the edge of the grid is warned of in its cell, for each hyperparameter")
  func edges() throws {
    let sweep = SimulatedSweep(shift: 4)
    let selection = try NearOptimalSelection(runs: sweep.runs(seed: 8), options: options)
    for cell in sweep.cells {
      for variable in ["lr", "B"] {
        #expect(
          selection.warnings.contains(
            .bestSettingAtEdge(variable: variable, cell: cell.description, edge: .smallest)))
      }
    }
    let two = try NearOptimalSelection(
      runs: SimulatedSweep(steps: 2).runs(seed: 8), options: options)
    #expect(
      two.warnings.contains(
        .fewSettings(variable: "lr", cell: sweep.cells[0].description, tried: 2)))
  }

  @Test("Few cells are warned of")
  func fewCells() throws {
    let sweep = SimulatedSweep(cells: [1e18, 1e19, 1e20].map(TuningCell.budget))
    let selection = try NearOptimalSelection(runs: sweep.runs(seed: 9), options: options)
    #expect(selection.warnings.contains(.fewCells(have: 3, wanted: 8)))
  }

  @Test("What cannot be fitted is refused with its reason")
  func refusals() throws {
    let runs = SimulatedSweep().runs(seed: 10)
    func refusal(_ runs: [TuningRun]) -> StageRefusal? {
      do throws(StageRefusal) {
        _ = try NearOptimalSelection(runs: runs, options: options)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal([]) == .noRuns(stage: "a hyperparameter law"))
    #expect(refusal([runs[0], runs[0]]) == .fit(.duplicateRun(id: 1)))
    var mixed = runs
    mixed[5].cell = .budget(1e18)
    #expect(refusal(mixed) == .mixedCells(run: 6))
    let bare = runs.map { TuningRun(run: $0.run, cell: $0.cell, loss: $0.loss, settings: [:]) }
    #expect(refusal(bare) == .settingMissing(variable: "lr or B"))
    #expect(refusal([runs[0], runs[49]]) == .nothingTuned)
    let oneCell = runs.filter { $0.cell == runs[0].cell }
    #expect(refusal(oneCell) == .tooFew(stage: "lr(N, D)", what: "cells", have: 1, need: 3))
    let line = SimulatedSweep(
      cells: [1, 2, 4].map { .size(parameters: 1e8 * $0, tokens: 2e9 * $0) })
    #expect(
      refusal(line.runs(seed: 1)) == .variableConstant(quantity: "lr", variable: "N and D"))
    var spoilt = runs
    spoilt[3].settings[.learningRate] = 0
    guard case .fit(.invalidObservation(run: 4, quantity: "lr", _, _)) = refusal(spoilt) else {
      Issue.record("an lr of 0 was accepted")
      return
    }
  }

  @Test("The order of the runs changes nothing, and the value is read back from its JSON")
  func determinism() throws {
    let runs = SimulatedSweep().runs(seed: 11)
    let selection = try NearOptimalSelection(runs: runs, options: options)
    #expect(try NearOptimalSelection(runs: runs.reversed(), options: options) == selection)
    let data = try JSONEncoder().encode(selection)
    #expect(try JSONDecoder().decode(NearOptimalSelection.self, from: data) == selection)
  }
}

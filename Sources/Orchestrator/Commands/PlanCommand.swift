import ArgumentParser
import Foundation
import GridFile
import ScalingLaws

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Propose the model to train for a budget, by the laws; or show a published one.",
    discussion: """
      Parameters are counted without the vocabulary. A and G stay where the leverage law was fitted \
      unless --extrapolate is given. docs/plan.md says how the shape is chosen.
      """)

  /// What is printed instead of the table.
  enum Format: String, EnumerableFlag {
    case json, yaml, hf, megatron

    static func help(for value: Format) -> ArgumentHelp? {
      switch value {
      case .json: "Print the plan as JSON."
      case .yaml: "Print a grid file that expands to the model."
      case .hf: "Print a Hugging Face config.json."
      case .megatron: "Print Megatron-Core flags."
      }
    }
  }

  @OptionGroup(title: "Budget") var budget: PlanBudgetOptions
  @OptionGroup(title: "Constraints") var constraints: PlanConstraintOptions
  @Option(help: ArgumentHelp("Show this published model instead.", valueName: "name"))
  var preset: String?
  @OptionGroup(title: "Laws") var laws: PlanLawOptions
  @Flag var format: Format?
  @Option(help: "Study of the grid file.") var study = "plan"
  @Option(help: "Name of the grid file.") var grid = "plan"
  @Option(help: "Corpus of the grid file.") var corpus = "debian-mix"

  func validate() throws {
    guard preset != nil || budget.isGiven else {
      throw ValidationError("give --budget, --gpu-hours or --preset")
    }
    guard preset == nil || format != .yaml else {
      throw ValidationError("--yaml is for plans: a preset is not trained here")
    }
  }

  func run() async throws {
    try await reportingFailures {
      do {
        if let preset {
          try show(PresetReport(Presets.standard.named(preset), compute: budget.compute))
        } else {
          try show(constraints.request(budget).plan(by: await laws.planLaws()))
        }
      } catch let error as PlanError {
        throw CommandFailure(code: .refused, message: "\(error)")
      }
    }
  }

  private func show(_ plan: ModelPlan) throws {
    let text =
      switch format {
      case nil: plan.rendered(width: Screen.process.width)
      case .json: try PrettyJSON.text(plan)
      case .yaml: plan.gridText(study: study, name: grid, corpus: corpus)
      case .hf: try PrettyJSON.text(HuggingFaceConfig(plan.architecture))
      case .megatron: plan.megatron.text
      }
    Screen.process.result(text)
  }

  private func show(_ report: PresetReport) throws {
    let text =
      switch format {
      case nil, .yaml: report.rendered
      case .json: try PrettyJSON.text(report)
      case .hf: try PrettyJSON.text(HuggingFaceConfig(report.preset.architecture))
      case .megatron: report.megatron.text
      }
    Screen.process.result(text)
  }
}

import Experiment
import Foundation
import Testing

import ScalingLaws

@Suite("The documentation of laws")
struct DocumentedFormsTests {
  private let text: String

  init() throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    text = try String(contentsOf: root.appending(path: "docs/laws.md"), encoding: .utf8)
  }

  @Test("names every form, every option and every published law")
  func complete() {
    for form in LawForms.all {
      #expect(text.contains("`\(form.name)`"), "\(form.name)")
      for option in form.options { #expect(text.contains("`\(option.name)`"), "\(option.name)") }
    }
    for name in PublishedLaws.names { #expect(text.contains("`\(name)`"), "\(name)") }
  }

  @Test("prints the coefficients of the laws that grids use")
  func coefficients() {
    for name in PublishedLaws.settingNames {
      for quantity in [PublishedLaw.Quantity.learningRate, .batchTokens, .flopsPerToken] {
        for kind in PublishedLaw.Kind.allCases {
          guard let law = try? PublishedLaws.law(name, quantity, for: kind).law else { continue }
          #expect(text.contains(printed(law.a, law.b)), "\(name) \(quantity.symbol)")
        }
      }
    }
  }

  /// Four decimals each, with the minus sign of the tables.
  private func printed(_ a: Double, _ b: Double) -> String {
    String(format: "%.4f·C^%.4f", a, b).replacing("-", with: "−")
  }
}

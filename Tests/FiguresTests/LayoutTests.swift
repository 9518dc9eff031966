import Testing

@testable import Figures

@Suite("Layout of a figure")
struct LayoutTests {
  @Test("Ticks are round numbers of the scale's own kind")
  func ticks() {
    func labels(_ axis: Axis, _ span: ClosedRange<Double>) -> [String] {
      axis.ticks(in: span).map(\.label)
    }
    let linear = Axis(label: "")
    #expect(labels(linear, -0.3...1.1) == ["−0.2", "0", "0.2", "0.4", "0.6", "0.8", "1"])
    let log = Axis(label: "", scale: .log)
    #expect(labels(log, 0.9...2.7) == ["1", "1.5", "2", "2.5"])
    #expect(labels(log, 0.4...11) == ["0.5", "1", "2", "5", "10"])
    let compute = Axis(label: "", scale: .log, ticks: .scientific)
    #expect(labels(compute, 0.9e11...7e12) == ["10¹¹", "3·10¹¹", "10¹²", "3·10¹²"])
    #expect(labels(compute, 1e-4...10) == ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"])
    let ratio = Axis(label: "", scale: .log, ticks: .powersOfTwo)
    #expect(labels(ratio, 1.0 / 128...0.5).first == "1/128")
    #expect(labels(ratio, 1.0 / 128...0.5).count == 7)
    #expect(labels(ratio, 0.5...4) == ["1/2", "1", "2", "4"])
    #expect(labels(ratio, 0.3...0.4).isEmpty)
  }

  @Test("Every axis of data gets from two to eleven ticks, all inside it")
  func tickCounts() {
    for exponent in stride(from: 0.2, through: 14, by: 0.2) {
      let axis = Axis(label: "", scale: .log, ticks: .scientific)
      let span = 3.7e-5...3.7e-5 * pow10(exponent)
      let values = axis.ticks(in: span).map(\.value)
      #expect((2...11).contains(values.count), "\(exponent) decades: \(values.count)")
      #expect(values.allSatisfy { span.contains($0) })
    }
  }

  @Test("Names of lines that end together are moved apart, in the lines' order, inside the plot")
  func names() {
    let series = (0..<6).map { index in
      Series(
        name: "\(index)", points: [.init(x: 1, y: 0), .init(x: 2, y: 1 - 0.001 * Double(index))])
    }
    let figure = Figure(title: "", x: Axis(label: ""), y: Axis(label: ""), series: series)
    let labels = figure.nameLabels(gap: 0.05)
    #expect(labels.map(\.name) == ["5", "4", "3", "2", "1", "0"])
    for (lower, upper) in zip(labels, labels.dropFirst()) {
      #expect(upper.height - lower.height >= 0.05 - 1e-12)
    }
    #expect(labels.allSatisfy { (0...1).contains($0.height) })
  }

  @Test("On a reversed axis the names stand at the smallest x")
  func reversedNames() {
    let figure = Figure(
      title: "", x: Axis(label: "", isReversed: true), y: Axis(label: "", span: 0...10),
      series: [Series(name: "a", points: [.init(x: 1, y: 2), .init(x: 2, y: 8)])])
    #expect(figure.nameLabels(gap: 0.05).map(\.height) == [0.2])
  }

  @Test("The sequential palette runs from light to dark and its ends do not depend on the count")
  func palette() {
    for count in 2...9 {
      let colours = (0..<count).map { Palette.sequential.colour($0, of: count) }
      let light = colours.map { 2 * $0.red + 7 * $0.green + $0.blue }
      #expect(zip(light, light.dropFirst()).allSatisfy { $0 > $1 })
      #expect(colours[0].hex == "#22a884")
      #expect(colours[count - 1].hex == "#440154")
    }
  }

  private func pow10(_ exponent: Double) -> Double {
    var value = 1.0
    for _ in 0..<Int((exponent * 5).rounded()) { value *= 1.5848931924611136 }
    return value
  }
}

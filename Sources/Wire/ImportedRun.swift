/// A finished run that was trained elsewhere.
public struct ImportedRun: Hashable, Sendable {
  public var family: String
  /// JSON object: what tells its architecture apart, the same for every seed and budget.
  public var point: String
  public var seed: Int64?
  public var numbers: [RunQuantity: Double]
  /// JSON object: whatever else is kept of it, its name and its convention included.
  public var extra: String

  public init(
    family: String, point: String = "{}", seed: Int64? = nil, numbers: [RunQuantity: Double],
    extra: String = "{}"
  ) {
    self.family = family
    self.point = point
    self.seed = seed
    self.numbers = numbers
    self.extra = extra
  }

  /// Everything that is known of it as one text, the same for equal runs only.
  public var canonical: String {
    var text = ""
    for part in [family, point, extra] { text += "\(part.utf8.count):\(part)" }
    if let seed { text += "seed=\(seed)\n" }
    for quantity in RunQuantity.allCases {
      if let number = numbers[quantity] { text += "\(quantity.rawValue)=\(number)\n" }
    }
    return text
  }
}

/// Runs as columns of equal length.
struct RunColumns: Codable {
  var family: [String]
  var point: [String]
  var seed: [Int64?]
  var numbers: [RunQuantity: [Double?]]
  var extra: [String]

  init(_ runs: [ImportedRun]) {
    family = runs.map(\.family)
    point = runs.map(\.point)
    seed = runs.map(\.seed)
    extra = runs.map(\.extra)
    numbers = [:]
    for quantity in RunQuantity.allCases {
      let column = runs.map { $0.numbers[quantity] }
      if column.contains(where: { $0 != nil }) { numbers[quantity] = column }
    }
  }

  /// Whether the columns have one length.
  var areEven: Bool {
    [point.count, seed.count, extra.count].allSatisfy { $0 == family.count }
      && numbers.values.allSatisfy { $0.count == family.count }
  }

  var runs: [ImportedRun] {
    family.indices.map { index in
      ImportedRun(
        family: family[index], point: point[index], seed: seed[index],
        numbers: numbers.compactMapValues { $0[index] }, extra: extra[index])
    }
  }
}

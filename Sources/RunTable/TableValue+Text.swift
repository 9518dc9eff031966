import Wire

extension Table.Value {
  /// The same text whether a number came from the registry's file or through JSON, which has no
  /// `2.0`: whole numbers have no point.
  var shortest: String {
    if case .real(let real) = self { return Table.Value(number: real).description }
    return description
  }

  /// A number, whole ones without a point.
  init(number: Double) {
    self = Int64(exactly: number).map(Self.integer) ?? .real(number)
  }

  /// A cell: a number where it is a finite one, nothing where it is empty.
  init(cell: String) {
    if cell.isEmpty {
      self = .null
    } else if let integer = Int64(cell) {
      self = .integer(integer)
    } else if let real = Double(cell), real.isFinite {
      self = .real(real)
    } else {
      self = .text(cell)
    }
  }

  /// A member of an object; of a nested one only that it is there.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let isTrue): self = .text(isTrue ? "true" : "false")
    case .number(let text): self.init(cell: text)
    case .string(let text), .array(let text): self = .text(text)
    case .object: self = .text("{…}")
    }
  }
}

import Registry

extension Inspection {
  /// What was looked at, then what is wrong, of the registry at `path`.
  func rendered(path: String, width: Int?) -> String {
    var parts = [
      """
      \(path): schema \(schema), \(Quantity.count(Double(databaseBytes)))B, write-ahead log \
      \(Quantity.count(Double(walBytes)))B
      """
    ]
    if !integrity.isEmpty {
      parts.append("damaged:\n" + integrity.map { "  \($0)" }.joined(separator: "\n"))
    }
    if !foreignKeys.isEmpty {
      let counts = Dictionary(grouping: foreignKeys) { $0 }.mapValues(\.count)
      parts.append(
        "references to rows that are not there:\n"
          + counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
          .joined(separator: "\n"))
    }
    if !violations.isEmpty {
      var table = TextTable(["invariant", ">violations", "should be", "where"])
      for violation in violations {
        let more = violation.count > violation.rows.count ? ", …" : ""
        table.append([
          violation.invariant, "\(violation.count)", violation.statement,
          violation.rows.joined(separator: ", ") + more,
        ])
      }
      parts.append(table.rendered(width: width))
    }
    if isSound { parts.append("sound: \(invariants) invariants hold") }
    return parts.joined(separator: "\n")
  }
}

extension Artefact {
  /// How much there is of each kind.
  static func summary(_ artefacts: [Artefact]) -> String {
    Kind.allCases.compactMap { kind in
      let own = artefacts.filter { $0.kind == kind }
      guard let first = own.first else { return nil }
      let bytes = Quantity.count(Double(own.reduce(0) { $0 + $1.bytes }))
      return "of no use: \(kind.plural), \(own.count) of them, \(bytes)B, as \(first.path)"
    }.joined(separator: "\n") + "\n`orchestrator clean` shows what may be deleted"
  }
}

extension TextTable {
  /// Artefacts as of `now`, milliseconds since 1970.
  static func artefacts(_ artefacts: [Artefact], now: Int64) -> TextTable {
    var table = TextTable(["what", ">run", ">bytes", ">age", "path"])
    for artefact in artefacts {
      table.append([
        artefact.kind.rawValue, artefact.run.map { "\($0)" } ?? "",
        Quantity.count(Double(artefact.bytes)),
        Quantity.duration(Double(now - artefact.since) / 1000), artefact.path,
      ])
    }
    return table
  }
}

import Experiment
import Yams

/// Takes a file apart into its stages. A file without `stages` is one grid.
struct StudyReader {
  let log: ProblemLog

  /// The study; nil, with reports, when a stage lacks what it cannot do without.
  func study(_ root: Value) -> Study? {
    guard let entries = mapping(root) else { return nil }
    guard let list = entries.first(where: { $0.key.string == "stages" }) else {
      return grid(root).map { Study(name: $0.study, stages: [$0]) }
    }
    let shared = entries.filter { $0.key.string != "stages" }
    let place = Value(node: list.value, path: "stages", log: log)
    guard let elements = place.elements("a list of grids") else { return nil }
    let stages = elements.compactMap { element in
      stage(element, shared: shared).map { (element, $0) }
    }
    reportRepeatedNames(stages)
    guard stages.count == elements.count, let name = stages.first?.1.study else { return nil }
    return Study(name: name, stages: stages.map(\.1))
  }

  /// A stage has every key of the file's top level that it does not have itself.
  private func stage(_ value: Value, shared: [(key: Node, value: Node)]) -> Grid? {
    guard let own = mapping(value) else { return nil }
    let names = Set(own.compactMap(\.key.string))
    if let study = own.first(where: { $0.key.string == "study" }) {
      Value(node: study.value, path: "\(value.path).study", log: log)
        .report(.conflict(with: "stages", advice: "all stages are of the file's study"))
    }
    let inherited = shared.filter { !names.contains($0.key.string ?? "") }
    let merged = Node.Mapping(
      (own + inherited).map { ($0.key, $0.value) }, .implicit, .any, value.node.mark)
    return grid(Value(node: .mapping(merged), path: value.path, log: log))
  }

  private func grid(_ value: Value) -> Grid? {
    MappingReader(value).flatMap { GridReader(log: log).grid($0) }
  }

  private func mapping(_ value: Value) -> [(key: Node, value: Node)]? {
    guard case .mapping(let mapping) = value.node else {
      value.report(.wrongKind(expected: "a mapping of keys", found: value.kind))
      return nil
    }
    return mapping.map { ($0.key, $0.value) }
  }

  private func reportRepeatedNames(_ stages: [(place: Value, grid: Grid)]) {
    var seen: Set<String> = []
    for (place, grid) in stages where !seen.insert(grid.name).inserted {
      Value(node: place.node, path: "\(place.path).grid", log: log).report(.repeated(grid.name))
    }
  }
}

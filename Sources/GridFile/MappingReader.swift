import Experiment
import Yams

/// A value with its place in the file.
struct Value {
  var node: Node
  var path: String
  let log: ProblemLog

  init(node: Node, path: String, log: ProblemLog) {
    self.node = node
    self.path = path
    self.log = log
  }

  /// What `text` is as a whole; nil, with a report, when it is empty.
  ///
  /// Throws `GridFileError` when it is no YAML.
  init?(_ text: String, file: String, log: ProblemLog) throws(GridFileError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw GridFileError(file: file, problems: [Problem(syntax: error)])
    }
    guard let root else {
      log.add(line: 1, path: "", .wrongKind(expected: "a mapping of keys", found: "nothing"))
      return nil
    }
    self.init(node: root, path: "", log: log)
  }

  var line: Int { node.mark?.line ?? 1 }

  func report(_ fault: Problem.Fault) {
    log.add(line: line, path: path, fault)
  }

  var isMapping: Bool { node.mapping != nil }

  /// What the node is, in words.
  var kind: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string)\""
    }
  }

  /// The elements of a list, or nil with a report.
  func elements(_ expected: String) -> [Value]? {
    guard case .sequence(let sequence) = node, !sequence.isEmpty else {
      report(.wrongKind(expected: expected, found: node.sequence == nil ? kind : "an empty list"))
      return nil
    }
    return sequence.enumerated().map { index, element in
      Value(node: element, path: "\(path)[\(index)]", log: log)
    }
  }
}

/// One mapping while its keys are taken; what is left in the end was unknown.
struct MappingReader {
  /// The mapping itself, for what is missing from it.
  let place: Value
  private let entries: [(key: String, line: Int, value: Value)]
  private var taken: [String] = []

  /// Nil, with a report, when `node` is no mapping or has a key that is no text.
  init?(_ node: Node, path: String, log: ProblemLog) {
    self.init(Value(node: node, path: path, log: log))
  }

  init?(_ value: Value) {
    place = value
    guard case .mapping(let mapping) = value.node else {
      value.report(.wrongKind(expected: "a mapping of keys", found: value.kind))
      return nil
    }
    var entries: [(key: String, line: Int, value: Value)] = []
    for (key, node) in mapping {
      guard case .scalar(let scalar) = key else {
        let name = Value(node: key, path: value.path, log: value.log)
        name.report(.wrongKind(expected: "a key", found: name.kind))
        return nil
      }
      let path = value.path.isEmpty ? scalar.string : "\(value.path).\(scalar.string)"
      entries.append(
        (scalar.string, key.mark?.line ?? 1, Value(node: node, path: path, log: value.log)))
    }
    self.entries = entries
  }

  /// All entries in the order of the file, for mappings whose keys are names.
  mutating func takeAll() -> [(key: String, value: Value)] {
    taken = entries.map(\.key)
    return entries.map { ($0.key, $0.value) }
  }

  /// The value of `key`; nil when it is absent.
  mutating func take(_ key: String) -> Value? {
    taken.append(key)
    return entries.first { $0.key == key }?.value
  }

  /// The value of `key`, whose absence is reported.
  mutating func require(_ key: String, _ expected: String) -> Value? {
    if let value = take(key) { return value }
    place.log.add(
      line: place.line, path: place.path.isEmpty ? key : "\(place.path).\(key)",
      .missing(expected: expected))
    return nil
  }

  /// The mapping under `key`; nil when it is absent, or reported.
  mutating func section(_ key: String) -> MappingReader? {
    take(key).flatMap { MappingReader($0) }
  }

  /// Reports every key that was not taken.
  func finish() {
    let keys = Set(entries.map(\.key))
    let free = taken.filter { !keys.contains($0) }
    for entry in entries where !taken.contains(entry.key) {
      place.log.add(
        line: entry.line, path: entry.value.path,
        .unknownKey(nearest: nearestName(to: entry.key, in: free), known: taken))
    }
  }
}

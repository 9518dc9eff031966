import Testing

@Suite("Imports run one way")
struct ImportTests {
  /// What each target of ours may import of ours. Worker never sees the registry, Orchestrator never
  /// the trainer, and the nouns see nothing.
  static let allowed: [String: Set<String>] = [
    "Experiment": [],
    "ScalingLaws": ["Experiment", "CNLopt"],
    "GridFile": ["Experiment"],
    "Figures": [],
    "RunTable": ["Wire"],
    "Logs": [],
    "Wire": ["Experiment", "CCrypto"],
    "Client": ["Experiment", "Wire", "CCurl"],
    "Corpus": ["Experiment", "Wire", "CSentencePiece"],
    "Supervision": ["Experiment", "Wire", "CSpawn"],
    "Conformance": ["Experiment", "Wire", "Corpus", "Supervision"],
    "Trainer": ["Experiment", "Wire", "Corpus", "CKernels", "COneDNN"],
    "Registry": ["Experiment", "Wire", "CMigrations", "CStatfs"],
    "Worker": ["Experiment", "Wire", "Client", "Corpus", "Supervision", "Trainer", "Logs"],
    "Orchestrator": [
      "Experiment", "ScalingLaws", "GridFile", "Figures", "RunTable", "Wire", "Client", "Corpus",
      "Conformance", "Registry", "Logs",
    ],
  ]

  /// Packages that only one target may know.
  static let confined: [String: Set<String>] = [
    "GRDB": ["Registry"],
    "Yams": ["GridFile"],
    "Hummingbird": ["Orchestrator"],
  ]

  let tree = SourceTree()

  @Test("no target imports more of ours than the table allows")
  func directions() throws {
    let ours = Set(try tree.folders(in: "Sources"))
    for target in ours where !target.hasPrefix("C") || Self.allowed[target] != nil {
      let allowed = try #require(Self.allowed[target], "\(target) is not in the table")
      for file in try tree.files(in: "Sources/\(target)") {
        let foreign = file.imports.intersection(ours).subtracting(allowed)
        #expect(foreign.isEmpty, "\(file.path) imports \(foreign.sorted())")
      }
    }
  }

  @Test("SQL, YAML and HTTP serving each have one home")
  func confinement() throws {
    for file in try tree.files(in: "Sources") {
      let target = String(file.path.split(separator: "/")[1])
      for (module, homes) in Self.confined where file.imports.contains(module) {
        #expect(homes.contains(target), "\(file.path) imports \(module)")
      }
    }
  }
}

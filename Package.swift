// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, warnings are errors, imports say what they expose.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Numeric targets are optimised in every configuration: without, a debug test of the trainer takes
/// hundreds of times as long. `-fno-math-errno` lets square roots vectorise.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O", "-Xcc", "-fno-math-errno"])]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "orchestrator",
  products: [
    .executable(name: "orchestrator", targets: ["Orchestrator"]),
    .executable(name: "worker", targets: ["Worker"]),
    .executable(name: "trainer-benchmark", targets: ["TrainerBenchmark"]),
    .executable(name: "law-benchmark", targets: ["LawBenchmark"]),
    .executable(name: "registry-benchmark", targets: ["RegistryBenchmark"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.28.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The nouns and their arithmetic: pure.
    .target(name: "Experiment", swiftSettings: numeric),
    .target(name: "ScalingLaws", dependencies: ["Experiment", "CNLopt"], swiftSettings: numeric),
    .target(name: "GridFile", dependencies: ["Experiment", yams], swiftSettings: strict),
    .target(name: "Figures", swiftSettings: strict),
    .target(name: "Logs", dependencies: [logging], swiftSettings: strict),
    .target(name: "RunTable", dependencies: ["Wire"], swiftSettings: numeric),

    // What crosses a process boundary, and the processes' shared parts.
    .target(name: "Wire", dependencies: ["Experiment", "CCrypto"], swiftSettings: strict),
    .target(
      name: "Client", dependencies: ["Experiment", "Wire", "CCurl", argumentParser],
      swiftSettings: strict),
    .target(
      name: "Corpus", dependencies: ["Experiment", "Wire", "CSentencePiece"], swiftSettings: numeric
    ),
    .target(
      name: "Supervision", dependencies: ["Experiment", "Wire", "CSpawn"], swiftSettings: strict),
    .target(
      name: "Conformance", dependencies: ["Experiment", "Wire", "Corpus", "Supervision"],
      swiftSettings: strict),
    .target(
      name: "Trainer", dependencies: ["Experiment", "Wire", "Corpus", "CKernels", "COneDNN"],
      swiftSettings: numeric),
    .target(
      name: "Registry",
      dependencies: ["Experiment", "Wire", "CMigrations", "CStatfs", grdb, grdbSQLite],
      swiftSettings: strict),

    // The two programs.
    .executableTarget(
      name: "Worker",
      dependencies: [
        "Experiment", "Wire", "Client", "Corpus", "Supervision", "Trainer", "Logs",
        argumentParser, logging,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Orchestrator",
      dependencies: [
        "Experiment", "ScalingLaws", "GridFile", "Figures", "RunTable", "Wire", "Client", "Corpus",
        "Conformance", "Registry", "Logs", argumentParser, hummingbird, hummingbirdCore,
        hummingbirdTLS, lifecycle,
        logging, nio, nioHTTP, nioSSL, unixSignals,
      ],
      swiftSettings: strict),

    // C: kernels, the schema, and shims over system libraries.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
    .target(name: "CMigrations"),
    .target(name: "CSpawn"),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(
      name: "CSentencePiece", cxxSettings: [.unsafeFlags(["-std=c++17", "-O2"])],
      linkerSettings: [
        .linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train"),
      ]),
    .systemLibrary(name: "COneDNN"),
    .systemLibrary(name: "CStatfs"),
    .systemLibrary(name: "CNLopt", pkgConfig: "nlopt"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),

    .executableTarget(
      name: "TrainerBenchmark",
      dependencies: ["Trainer", "Corpus", "Experiment", "Wire", "COneDNN"],
      path: "Benchmarks/Trainer", swiftSettings: numeric),
    .executableTarget(
      name: "LawBenchmark", dependencies: ["ScalingLaws"], path: "Benchmarks/Laws",
      exclude: ["peer.py"], swiftSettings: numeric),
    .executableTarget(
      name: "RegistryBenchmark",
      dependencies: ["Registry", "Experiment", "Wire", grdb, grdbSQLite],
      path: "Benchmarks/Registry", exclude: ["peer.py", "run", "setup"], swiftSettings: strict),

    .executableTarget(
      name: "chaos", dependencies: ["Registry", "Client", "Wire", argumentParser],
      path: "Tests/Chaos", swiftSettings: strict),

    // Tests, one target each; Loopback is the stand-in daemon of those that need one, Mutants breaks
    // what decoders read.
    .target(name: "Loopback", path: "Tests/Loopback", swiftSettings: strict),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(name: "Mutants", path: "Tests/Mutants", swiftSettings: numeric),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(name: "ExperimentTests", dependencies: ["Experiment"], swiftSettings: numeric),
    .testTarget(
      name: "GridFileTests", dependencies: ["GridFile", "Experiment"], swiftSettings: strict),
    .testTarget(
      name: "ScalingLawsTests", dependencies: ["ScalingLaws", "Experiment", "GridFile"],
      swiftSettings: numeric),
    .testTarget(name: "FiguresTests", dependencies: ["Figures"], swiftSettings: strict),
    .testTarget(name: "RunTableTests", dependencies: ["RunTable", "Wire"], swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: strict),
    .testTarget(
      name: "ClientTests", dependencies: ["Client", "Wire", "Loopback"], swiftSettings: strict),
    .testTarget(name: "CorpusTests", dependencies: ["Corpus", "Wire"], swiftSettings: numeric),
    .testTarget(
      name: "SupervisionTests", dependencies: ["Supervision", "Wire"], swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Conformance", "Experiment", "Orchestrator", "ScalingLaws", "Worker",
      ],
      exclude: ["Trainers"], swiftSettings: strict),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: numeric),
    .testTarget(
      name: "TrainerTests",
      dependencies: [
        "Trainer", "Worker", "Experiment", "Wire", "Corpus", "CKernels", "CAllocations",
      ],
      exclude: ["Golden"], swiftSettings: numeric),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Mutants", "GridFile", "RunTable", "Wire", "Supervision", "Corpus", "Trainer", "Registry",
      ], swiftSettings: strict),
    .testTarget(
      name: "RegistryTests", dependencies: ["Registry", "Experiment", "Wire", "CMigrations", grdb],
      exclude: ["schema.sql", "Samples"], swiftSettings: strict),
    .testTarget(
      name: "WorkerTests",
      dependencies: [
        "Worker", "Trainer", "Supervision", "Client", "Corpus", "Experiment", "Wire", "Loopback",
        argumentParser, logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "OrchestratorTests",
      dependencies: [
        "Orchestrator", "Worker", "Registry", "RunTable", "Client", "Corpus", "ScalingLaws",
        "Experiment", "Wire", "Logs", "Loopback", "Mutants", argumentParser, hummingbird, lifecycle,
        logging, nio,
      ],
      swiftSettings: strict),
  ]
)

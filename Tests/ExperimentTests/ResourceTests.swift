import Testing

@testable import Experiment

@Suite("Resources are asked for and offered in the same words")
struct ResourceTests {
  @Test(
    "times",
    arguments: [
      ("90s", 90), ("2h", 7200), ("1d12h", 129_600), ("1h30m", 5400), ("2:00:00", 7200),
      ("100:00:01", 360_001),
    ] as [(String, Double)])
  func time(text: String, seconds: Double) {
    #expect(TimeSpan(parsing: text)?.seconds == seconds)
  }

  @Test(
    "no times",
    arguments: ["", "90", "h", "2 h", "1h1d", "-1h", "1:2", "1:60:00", "0s", "1.5h", "9999999999d"])
  func noTime(text: String) {
    #expect(TimeSpan(parsing: text) == nil)
  }

  @Test(
    "amounts of memory, and back",
    arguments: [
      ("1024", 1024, "1 KiB"), ("64GiB", 64 << 30, "64 GiB"), ("500MB", 500_000_000, "476 MiB"),
      ("3B", 3, "3 B"), ("2TiB", 2 << 40, "2 TiB"),
    ])
  func memory(text: String, bytes: Int, words: String) {
    #expect(ByteCount(parsing: text)?.bytes == bytes)
    #expect(ByteCount(bytes: bytes).description == words)
  }

  @Test("no amounts", arguments: ["", "GiB", "1.5GB", "-1", "64 GiB", "9999999999TiB", "4gb"])
  func noMemory(text: String) {
    #expect(ByteCount(parsing: text) == nil)
  }

  @Test("a request fits where nothing is short, and only there")
  func fits() {
    let offer = ResourceOffer(
      cpus: 8, gpus: ["h100": 4, "a100": 8], memory: 100, nodes: 1, labels: ["fast"])
    let requests: [(ResourceRequest, [Shortfall])] = [
      (.init(cpus: 8, gpus: 8, memory: 100, labels: ["fast"]), []),
      (
        .init(gpus: 8, gpuType: "h100"),
        [.init(resource: .gpus, name: "h100", asked: 8, offered: 4)]
      ),
      (.init(gpus: 9), [.init(resource: .gpus, name: nil, asked: 9, offered: 8)]),
      (
        .init(cpus: 9, memory: 101, nodes: 2, labels: ["big"]),
        [
          .init(resource: .cpus, name: nil, asked: 9, offered: 8),
          .init(resource: .memory, name: nil, asked: 101, offered: 100),
          .init(resource: .nodes, name: nil, asked: 2, offered: 1),
          .init(resource: .label, name: "big", asked: 1, offered: 0),
        ]
      ),
    ]
    for (request, lacks) in requests {
      #expect(offer.shortfalls(of: request) == lacks)
      #expect(offer.holds(request) == lacks.isEmpty)
    }
  }
}

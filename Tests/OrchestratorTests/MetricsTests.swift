import Client
import Foundation
import Registry
import Testing
import Wire

@testable import Orchestrator

/// A reader of Prometheus's text format that takes nothing else.
struct Exposition {
  struct Sample {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Malformed: Error { var line: String }

  private(set) var samples: [Sample] = []
  private(set) var types: [String: String] = [:]

  init(_ text: String) throws {
    #expect(text.hasSuffix("\n"))
    let name = #/[a-zA-Z_:][a-zA-Z0-9_:]*/#
    let help = #/# HELP ([a-z_]+) \S.*/#
    let type = #/# TYPE ([a-z_]+) (counter|gauge|histogram)/#
    let sample = #/([a-z_]+)(?:\{(.*)\})? (\S+)/#
    var described: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if let match = line.wholeMatch(of: help) {
        guard described.insert(match.1).inserted else { throw Malformed(line: String(line)) }
      } else if let match = line.wholeMatch(of: type) {
        guard described.contains(match.1), types[String(match.1)] == nil else {
          throw Malformed(line: String(line))
        }
        types[String(match.1)] = String(match.2)
      } else if let match = line.wholeMatch(of: sample), match.1.wholeMatch(of: name) != nil {
        let value = match.3 == "+Inf" ? Double.infinity : Double(match.3)
        guard let value else { throw Malformed(line: String(line)) }
        let labels = try Self.labels(match.2 ?? "", line)
        samples.append(Sample(name: String(match.1), labels: labels, value: value))
      } else {
        throw Malformed(line: String(line))
      }
    }
  }

  private static func labels(_ text: Substring, _ line: Substring) throws -> [String: String] {
    var (rest, labels) = (text, [String: String]())
    let label = #/([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)",?/#
    while !rest.isEmpty {
      guard let match = rest.prefixMatch(of: label) else { throw Malformed(line: String(line)) }
      labels[String(match.1)] = String(match.2)
      rest = rest[match.range.upperBound...]
    }
    return labels
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && labels.allSatisfy($0.labels.contains) }?.value
  }

  /// The family that a sample belongs to.
  func family(of sample: Sample) -> String? {
    if types[sample.name] != nil { return sample.name }
    return ["_bucket", "_sum", "_count"].filter(sample.name.hasSuffix)
      .map { String(sample.name.dropLast($0.count)) }.first { types[$0] == "histogram" }
  }
}

extension [String: String] {
  fileprivate func contains(_ label: Element) -> Bool { self[label.key] == label.value }
}

@Suite("Prometheus reads what the daemon says of itself", .serialized)
struct MetricsTests {
  @Test("a family is written as the format wants it, its labels escaped")
  func golden() {
    var family = MetricFamily("orchestrator_runs", .gauge, "Runs,\nby \\ study.")
    family.add(3, ("study", "a \"quoted\" \\ name\nof two lines"), ("state", "queued"))
    family.add(0.5)
    family.add(.infinity, ("state", "never"))
    #expect(
      family.exposition == #"""
        # HELP orchestrator_runs Runs,\nby \\ study.
        # TYPE orchestrator_runs gauge
        orchestrator_runs{study="a \"quoted\" \\ name\nof two lines",state="queued"} 3
        orchestrator_runs 0.5
        orchestrator_runs{state="never"} +Inf

        """#)
    #expect(MetricFamily("empty", .counter, "Nothing.").exposition.isEmpty)
  }

  @Test("a histogram's buckets add up")
  func histogram() throws {
    let durations = Durations()
    for milliseconds in [1, 3, 3, 70_000] { durations.record(.milliseconds(milliseconds)) }
    let family = MetricFamily("took_seconds", "Time.", durations.snapshot)
    let read = try Exposition(family.exposition)
    #expect(read.value("took_seconds_bucket", ["le": "0.001"]) == 1)
    #expect(read.value("took_seconds_bucket", ["le": "0.005"]) == 3)
    #expect(read.value("took_seconds_bucket", ["le": "60"]) == 3)
    #expect(read.value("took_seconds_bucket", ["le": "+Inf"]) == 4)
    #expect(read.value("took_seconds_count") == 4)
    #expect(read.value("took_seconds_sum").map { abs($0 - 70.007) < 1e-9 } == true)
  }

  @Test("every line of a live daemon's metrics is well-formed, and the numbers are its own")
  func live() async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      _ = try await client.submit(
        Submission(text: Laboratory.grid, file: "grid.yaml", dryRun: false))
      _ = try await client.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 1, version: "0"))
      let lease = try #require(
        try await client.lease(LeaseRequest(worker: "w", request: "w/1")).lease)
      let finished = TrainerEvent.Finished(loss: 5, tokens: 1, flops: 1, seconds: 1)
      _ = try await client.outcome(
        OutcomeReport(
          report: Report(run: lease.run, epoch: 1, sequence: 1, events: []),
          outcome: .finished(finished), next: nil))
      _ = try? await client.data(.get, "/v1/runs/77")
      _ = try? await client.data(.get, "/nowhere")
      _ = try await client.data(.get, "/metrics")
      let text = String(decoding: try await client.data(.get, "/metrics"), as: UTF8.self)
      let read = try Exposition(text)
      try conventions(read)
      #expect(try documented() == Set(read.types.keys), "docs/operations.md has every metric")
      #expect(read.value("orchestrator_runs", ["study": "test", "state": "finished"]) == 1)
      #expect(read.value("orchestrator_queue_depth") == 9)
      #expect(read.value("orchestrator_leases") == 0)
      #expect(read.value("orchestrator_workers", ["state": "connected"]) == 1)
      // Counted once, however often it is scraped.
      #expect(read.value("orchestrator_attempts_total", ["outcome": "finished"]) == 1)
      #expect(read.value("orchestrator_events_total", ["kind": "run.leased"]) == 1)
      let missing = ["method": "GET", "route": "/v1/runs/{id}", "status": "404"]
      #expect(read.value("orchestrator_http_requests_total", missing) == 1)
      let nowhere = ["route": "unmatched", "status": "404"]
      #expect(read.value("orchestrator_http_requests_total", nowhere) == 1)
      #expect(read.value("orchestrator_commit_duration_seconds_count").map { $0 >= 4 } == true)
      #expect(read.value("orchestrator_events_total", ["kind": "node.set_aside"]) == 0)
      #expect(read.value("orchestrator_registry_bytes").map { $0 > 4096 } == true)
      #expect(read.value("orchestrator_registry_disk_free_bytes").map { $0 > 1e6 } == true)
      #expect(read.value("process_resident_memory_bytes").map { $0 > 1e6 } == true)
      #expect(read.value("process_cpu_seconds_total").map { $0 > 0 } == true)
    }
  }

  /// The metrics of docs/operations.md.
  private func documented() throws -> Set<String> {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/operations.md"), encoding: .utf8)
    return Set(
      text.matches(of: #/\n\| `([a-z_]+)` \| (?:gauge|counter|histogram) /#).map {
        String($0.1)
      })
  }

  /// What Prometheus asks of names, types and histograms.
  private func conventions(_ read: Exposition) throws {
    for sample in read.samples {
      let family = try #require(read.family(of: sample), "\(sample.name) has no type")
      let type = read.types[family]
      #expect((type == "counter") == family.hasSuffix("_total"), "\(family)")
      #expect(type != "counter" || sample.value >= 0)
    }
    for (family, type) in read.types where type == "histogram" {
      let buckets = read.samples.filter { $0.name == family + "_bucket" }
      for (_, group) in Dictionary(
        grouping: buckets, by: { $0.labels.filter { $0.key != "le" } })
      {
        #expect(zip(group, group.dropFirst()).allSatisfy { $0.value <= $1.value }, "\(family)")
        let labels = group[0].labels.filter { $0.key != "le" }
        #expect(group.last?.labels["le"] == "+Inf")
        #expect(read.value(family + "_count", labels) == group.last?.value)
      }
    }
  }
}

import Experiment
import Foundation

extension GridReader {
  /// How the grid's runs are queued: `resources`, `priority`, `walltime` and `not_before`.
  func scheduling(_ mapping: inout MappingReader) -> Scheduling {
    var scheduling = Scheduling()
    scheduling.resources = resources(mapping.section("resources"))
    if let value = mapping.take("priority") { scheduling.priority = priority(value) ?? 0 }
    if let value = mapping.take("walltime") {
      scheduling.walltime = value.parsed("a time such as 2h, 1d12h or 2:00:00") {
        TimeSpan(parsing: $0)?.seconds
      }
    }
    if let value = mapping.take("not_before") {
      let expected = "a time with its zone, such as 2026-12-01T22:00:00Z"
      scheduling.notBefore =
        value.parsed(expected) { text -> Int64? in
          guard let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 >= 0
          else { return nil }
          return Int64(date.timeIntervalSince1970 * 1000)
        } ?? 0
    }
    return scheduling
  }

  private func resources(_ mapping: MappingReader?) -> ResourceRequest {
    var request = ResourceRequest()
    guard var mapping else { return request }
    if let value = mapping.take("cpus") { request.cpus = value.integer(1...4096) ?? 1 }
    if let value = mapping.take("gpus") { readGPUs(&request, from: value) }
    if let value = mapping.take("memory") {
      request.memory =
        value.parsed("an amount of memory such as 64GiB") { ByteCount(parsing: $0)?.bytes } ?? 0
    }
    if let value = mapping.take("nodes") { request.nodes = value.integer(1...65_536) ?? 1 }
    if let value = mapping.take("labels") {
      request.labels = (value.list("a list of labels") { $0.name() } ?? []).sorted()
    }
    mapping.finish()
    return request
  }

  /// A number of any type, or one type with its number.
  private func readGPUs(_ request: inout ResourceRequest, from value: Value) {
    guard value.isMapping, var mapping = MappingReader(value) else {
      request.gpus = value.integer(0...65_536) ?? 0
      return
    }
    let types = mapping.takeAll()
    guard types.count == 1 else {
      value.report(
        .badValue(
          types.map(\.key).joined(separator: ", "),
          expected: "one type with its number, such as {h100: 8}: a run's GPUs are alike"))
      return
    }
    request.gpuType = types[0].key.lowercased()
    request.gpus = types[0].value.integer(1...65_536) ?? 0
  }

  /// A whole number, which may be negative.
  private func priority(_ value: Value) -> Int? {
    value.parsed("a whole number from -1000 to 1000") { text in
      Int(text).flatMap { (-1000...1000).contains($0) ? $0 : nil }
    }
  }
}

extension Value {
  /// A plain value that `parse` understands, or nil with a report.
  fileprivate func parsed<Parsed>(_ expected: String, _ parse: (String) -> Parsed?) -> Parsed? {
    guard let text = text(expected) else { return nil }
    let value = parse(text)
    if value == nil { report(.badValue(text, expected: expected)) }
    return value
  }
}

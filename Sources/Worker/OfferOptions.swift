import ArgumentParser
import Experiment
import Foundation
import Wire

/// What a worker offers: by default all of the machine that it finds itself on.
struct OfferOptions: ParsableArguments {
  @Option(
    name: [.customLong("cpus"), .customLong("slots")],
    help: "CPU slots: trainers of one slot side by side; the CPUs that this process may use.")
  var cpus: Int?

  @Option(
    help: ArgumentHelp(
      "GPUs, as h100:8, or none; those that nvidia-smi lists.", valueName: "type:count"))
  var gpus: String?

  @Option(help: "Memory, as 64GiB; that of the machine or of its control group.")
  var memory: String?

  @Option(help: "Machines that this worker spans.")
  var nodes = 1

  @Option(help: "Words that grids may ask for, separated by commas.")
  var labels: String?

  @Option(
    help: "How long this worker may live, as 2h or 2:00:00; until $SLURM_JOB_END_TIME.")
  var walltime: String?

  func validate() throws {
    if let cpus, !(1...1024).contains(cpus) {
      throw ValidationError("--cpus \(cpus): a worker has 1 to 1024 slots")
    }
    guard nodes > 0 else { throw ValidationError("--nodes \(nodes): write a number above 0") }
    if let gpus, Self.devices(gpus) == nil {
      throw ValidationError(
        "--gpus \(gpus): write types with their numbers, as h100:8,a100:2, or none")
    }
    if let memory, ByteCount(parsing: memory) == nil {
      throw ValidationError("--memory \(memory): write an amount, as 64GiB")
    }
    if let labels, Self.words(labels).isEmpty {
      throw ValidationError("--labels \(labels): write words separated by commas")
    }
    if let walltime, TimeSpan(parsing: walltime) == nil {
      throw ValidationError("--walltime \(walltime): write a time, as 2h or 2:00:00")
    }
  }

  /// CPU slots.
  var slots: Int { cpus ?? min(1024, ProcessInfo.processInfo.activeProcessorCount) }

  /// The GPUs of this worker, in the order of their numbers.
  func devices() -> [String] {
    gpus.flatMap(Self.devices) ?? Machine.gpus()
  }

  /// Beside the slots. `environment` is this process's.
  func offer(devices: [String], environment: [String: String], now: Date) -> WorkerOffer {
    let asked = walltime.flatMap { TimeSpan(parsing: $0) }
      .map { now.timeIntervalSince1970 + $0.seconds }
    let allocated = environment["SLURM_JOB_END_TIME"].flatMap(Double.init)
    return WorkerOffer(
      gpus: Dictionary(devices.map { ($0, 1) }, uniquingKeysWith: +),
      memory: memory.flatMap { ByteCount(parsing: $0)?.bytes } ?? Machine.memory() ?? 0,
      nodes: nodes, labels: labels.map(Self.words) ?? [],
      walltimeEnd: [asked, allocated].compactMap { $0 }.min().map { Int64($0 * 1000) })
  }

  /// `h100:2,a100:1` as one type a device.
  static func devices(_ text: String) -> [String]? {
    if text == "none" { return [] }
    var devices: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: ":", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, let count = Int(sides[1]),
        (1...1024).contains(count)
      else { return nil }
      devices += Array(repeating: sides[0].lowercased(), count: count)
    }
    return devices
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}

/// What one run asks of the worker that trains it. It is not part of what the run is: the same spec
/// trains to the same losses wherever it fits.
public struct ResourceRequest: Hashable, Codable, Sendable {
  /// CPU slots.
  public var cpus: Int
  /// GPUs, all of one type.
  public var gpus: Int
  /// Their type, as `h100`; none takes any.
  public var gpuType: String?
  /// Bytes; 0 asks for none in particular.
  public var memory: Int
  /// Machines that the worker spans; the other counts are over all of them.
  public var nodes: Int
  /// What the worker has to be labelled with, sorted.
  public var labels: [String]

  public init(
    cpus: Int = 1, gpus: Int = 0, gpuType: String? = nil, memory: Int = 0, nodes: Int = 1,
    labels: [String] = []
  ) {
    self.cpus = cpus
    self.gpus = gpus
    self.gpuType = gpuType
    self.memory = memory
    self.nodes = nodes
    self.labels = labels.sorted()
  }

  private enum CodingKeys: String, CodingKey {
    case cpus, gpus
    case gpuType = "gpu_type"
    case memory, nodes, labels
  }
}

/// What a worker has, or what is free of it.
public struct ResourceOffer: Hashable, Codable, Sendable {
  /// CPU slots.
  public var cpus: Int
  /// GPUs by type.
  public var gpus: [String: Int]
  /// Bytes.
  public var memory: Int
  /// Machines that the worker spans.
  public var nodes: Int
  public var labels: [String]

  public init(
    cpus: Int, gpus: [String: Int] = [:], memory: Int = 0, nodes: Int = 1, labels: [String] = []
  ) {
    self.cpus = cpus
    self.gpus = gpus
    self.memory = memory
    self.nodes = nodes
    self.labels = labels
  }

  /// Whether it has all that `request` asks for.
  public func holds(_ request: ResourceRequest) -> Bool {
    request.cpus <= cpus && request.memory <= memory && request.nodes <= nodes
      && request.gpus <= gpus(for: request) && request.labels.allSatisfy(labels.contains)
  }

  /// Each thing of which `request` asks for more than is here; empty when it fits.
  public func shortfalls(of request: ResourceRequest) -> [Shortfall] {
    var missing: [Shortfall] = []
    func compare(_ resource: Shortfall.Resource, _ asked: Int, _ offered: Int, _ name: String?) {
      guard asked > offered else { return }
      missing.append(Shortfall(resource: resource, name: name, asked: asked, offered: offered))
    }
    compare(.cpus, request.cpus, cpus, nil)
    compare(.gpus, request.gpus, gpus(for: request), request.gpuType)
    compare(.memory, request.memory, memory, nil)
    compare(.nodes, request.nodes, nodes, nil)
    for label in request.labels { compare(.label, 1, labels.contains(label) ? 1 : 0, label) }
    return missing
  }

  /// The type of GPU that `request` gets: the one it names or, where it takes any, the one of which
  /// least is left over. None when it asks for no GPU or there are not enough of one type.
  public func gpuType(for request: ResourceRequest) -> String? {
    guard request.gpus > 0 else { return nil }
    if let type = request.gpuType { return gpus[type, default: 0] >= request.gpus ? type : nil }
    return gpus.filter { $0.value >= request.gpus }.min { ($0.value, $0.key) < ($1.value, $1.key) }?
      .key
  }

  /// As many GPUs as the request could get of one type.
  private func gpus(for request: ResourceRequest) -> Int {
    request.gpuType.map { gpus[$0, default: 0] } ?? gpus.values.max() ?? 0
  }
}

/// One thing of which a worker has less than a run asks for.
public struct Shortfall: Hashable, Codable, Sendable {
  public enum Resource: String, Codable, Sendable, CaseIterable {
    case cpus, gpus, memory, nodes, label, trainer
  }

  public var resource: Resource
  /// The type of the GPUs, the label or the trainer.
  public var name: String?
  public var asked: Int
  public var offered: Int

  public init(resource: Resource, name: String?, asked: Int, offered: Int) {
    self.resource = resource
    self.name = name
    self.asked = asked
    self.offered = offered
  }
}

extension Shortfall: CustomStringConvertible {
  public var description: String {
    switch resource {
    case .cpus: "\(asked) cpus where it has \(offered)"
    case .gpus: "\(asked)×\(name ?? "any gpu") where it has \(offered)"
    case .memory:
      "\(ByteCount(bytes: asked)) of memory where it has \(ByteCount(bytes: offered))"
    case .nodes: "\(asked) nodes where it has \(offered)"
    case .label: "the label \(name ?? "")"
    case .trainer: "the trainer \(name ?? "")"
    }
  }
}

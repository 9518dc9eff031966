import Experiment
import GRDB
import Wire

/// What a worker has, what is free of it, and how long it stays.
struct WorkerCapacity {
  let id: String
  let host: String
  let total: ResourceOffer
  let trainers: [String]
  /// Milliseconds since 1970.
  let walltimeEnd: Int64?
  /// Until when its host is set aside, and why, where it is.
  let setAside: (until: Int64, reason: String)?
  /// Nodes and labels are not used up.
  private(set) var free: ResourceOffer

  /// A row of `selection`, and what the worker's attempts hold.
  init(_ row: Row, held: [Row]) throws {
    id = row["id"]
    host = row["host"]
    let (gpus, labels, trainers): (String, String, String) = (
      row["gpus"], row["labels"], row["trainers"]
    )
    total = ResourceOffer(
      cpus: row["slots"],
      gpus: gpus == "{}"
        ? [:] : try JSONText.decode([String: Int].self, from: gpus, column: "worker.gpus"),
      memory: row["memory"], nodes: row["nodes"],
      labels: labels == "[]"
        ? [] : try JSONText.decode([String].self, from: labels, column: "worker.labels"))
    self.trainers =
      trainers == #"["native"]"#
      ? ["native"] : try JSONText.decode([String].self, from: trainers, column: "worker.trainers")
    walltimeEnd = row["walltime_end"]
    let until: Int64? = row["set_aside_until"]
    setAside = until.map { ($0, row["reason"]) }
    free = total
    for row in held {
      free.cpus -= row["cpus"]
      free.memory -= row["memory"]
      if let type: String = row["gpu_type"] { free.gpus[type, default: 0] -= row["gpus"] }
    }
  }

  /// Whether it could train a class's runs if it held nothing else.
  func couldHold(_ entry: QueueClass) -> Bool {
    trainers.contains(entry.trainer) && total.holds(entry.request)
  }

  /// Milliseconds without a word after which a worker is taken to be gone: one that is here reports,
  /// or asks for a run, far more often.
  static let silence: Int64 = 120_000

  /// Of `worker`, with the node that its host is.
  static let selection = """
    SELECT worker.*, node.reason, iif(node.set_aside_until > :now, node.set_aside_until, NULL)
      AS set_aside_until
    FROM worker LEFT JOIN node ON node.host = worker.host
    """
}

extension Database {
  /// What the worker has and what is free of it.
  func capacity(ofWorker id: String, now: Int64) throws -> WorkerCapacity {
    let statement = try cachedStatement(
      sql: "\(WorkerCapacity.selection) WHERE worker.id = :id")
    guard let row = try Row.fetchOne(statement, arguments: ["now": now, "id": id]) else {
      throw RegistryError.unknownWorker(id)
    }
    return try WorkerCapacity(row, held: held(byWorker: id))
  }

  /// All that are here: they have not left, and were heard lately.
  func capacities(now: Int64) throws -> [WorkerCapacity] {
    try Row.fetchAll(
      self,
      sql: """
        \(WorkerCapacity.selection)
        WHERE worker.left_at IS NULL AND worker.seen_at > :now - :silence ORDER BY worker.id
        """, arguments: ["now": now, "silence": WorkerCapacity.silence]
    ).map { try WorkerCapacity($0, held: held(byWorker: $0["id"])) }
  }

  /// Whether a worker has not left and was heard lately.
  func isHere(worker id: String, now: Int64) throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM worker WHERE id = ? AND left_at IS NULL AND seen_at > ?)"
      ), arguments: [id, now - WorkerCapacity.silence]) ?? false
  }

  /// What the worker's attempts hold, by the type of their GPUs.
  private func held(byWorker id: String) throws -> [Row] {
    try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT gpu_type, sum(cpus) AS cpus, sum(gpus) AS gpus, sum(memory) AS memory
          FROM attempt INDEXED BY attempt_open
          WHERE worker_id = ? AND ended_at IS NULL
          GROUP BY gpu_type
          """), arguments: [id])
  }
}

import GRDB
public import Wire

/// Why the registry refuses.
public enum RegistryError: Error, Hashable, Sendable {
  /// Another process writes this registry.
  case locked(path: String, process: Int?)
  /// The file or its folder cannot be used.
  case cannotOpen(path: String, reason: String)
  /// The file would lie where SQLite's locks cannot be trusted.
  case networkFileSystem(path: String, kind: NetworkFileSystem)
  /// A newer program has migrated the file.
  case newerSchema(path: String, migrations: [String])
  /// The file has not been migrated yet, and this connection may not.
  case olderSchema(path: String)
  /// A write through a registry that was opened to read.
  case readOnly
  /// A file that a copy would replace.
  case fileExists(String)
  /// A copy cannot be written.
  case cannotCopy(path: String, reason: String)
  /// SQLite's own words about a file that is damaged.
  case damaged(path: String, problems: [String])

  case unknownRun(Int64)
  case unknownGrid(Int64)
  case unknownStudy(String)
  case unknownLaw(Int64)
  case unknownWorker(String)
  /// No worker was ever on that host.
  case unknownHost(String)
  /// No run has that spec.
  case unknownSpec(sha256: String)
  case unknownWebhook(Int64)
  /// No token of this name is in force.
  case unknownToken(String)
  /// A token of this name is in force already.
  case tokenExists(String)
  /// The worker said good-bye, so it gets no lease.
  case workerHasLeft(String)

  /// The lease is no longer this epoch's.
  case leaseLost(run: Int64, epoch: Int)
  /// The request was given a lease that has ended since, or is another worker's.
  case requestSpent(String)
  /// A report or an outcome is not the next one.
  case outOfSequence(run: Int64, epoch: Int, expected: Int, received: Int)
  /// The run's state does not allow it.
  case wrongState(run: Int64, state: RunState, allowed: [RunState])
  /// A setting has a value that it does not take.
  case badSetting(String, String, allowed: String)
  /// A number that has to be finite is not.
  case notFinite(String)
  /// A run to import, by its place in the request, is not one that finished.
  case runRefused(index: Int, reason: String)
  /// An evaluation is not one that a suite makes.
  case evaluationRefused(reason: String)

  /// The query is not one reading statement.
  case queryRefused(reason: String)
  /// SQLite's own words about the query.
  case queryFailed(String)
  case queryTooSlow(seconds: Double)

  /// What the file holds cannot be understood.
  case unreadable(String)
  /// SQLite's own words about a rule of the schema that the request breaks.
  case ruleBroken(String)
  /// SQLite's own words about a failed read or write.
  case storage(String)
  /// No run is leased since a commit failed for this reason.
  case degraded(reason: String)
  /// So many requests wait to be written that no more are taken.
  case busy(waiting: Int)

  /// What the HTTP interface calls it.
  public var code: APIError.Code {
    switch self {
    case .locked, .storage, .degraded: .unavailable
    case .busy: .busy
    case .cannotOpen, .networkFileSystem, .newerSchema, .olderSchema, .readOnly, .unreadable:
      .internal
    case .unknownRun, .unknownGrid, .unknownStudy, .unknownLaw, .unknownWorker, .unknownHost,
      .unknownSpec, .unknownWebhook, .unknownToken:
      .notFound
    case .fileExists, .cannotCopy, .damaged: .refused
    case .leaseLost: .leaseLost
    case .workerHasLeft, .requestSpent, .outOfSequence, .wrongState, .tokenExists: .conflict
    case .notFinite, .badSetting, .runRefused, .evaluationRefused, .ruleBroken: .invalid
    case .queryRefused, .queryFailed, .queryTooSlow: .refused
    }
  }

  /// Seconds after which a request that was refused with `.busy` may be sent again: thousands of
  /// requests are written in one.
  static let busySeconds = 1

  /// What would be right.
  public var hint: String? {
    switch self {
    case .locked: "stop the other daemon first; reading needs no lock"
    case .cannotOpen: "name a registry file of one name, in a folder that you may write to"
    case .networkFileSystem:
      "keep it on a disk of the daemon's machine; workers reach it over HTTP from anywhere"
    case .newerSchema: "use the newer program, or restore a backup from before the upgrade"
    case .olderSchema: "start the daemon once: it migrates the file"
    case .readOnly: "only the daemon writes: send it the request"
    case .fileExists: "name another file, or say --replace"
    case .cannotCopy: "name a file in a folder that exists, has room and that you may write to"
    case .damaged: "use an older backup; `sqlite3 FILE .recover` saves what can be read"
    case .unknownRun, .unknownGrid, .unknownStudy: "`orchestrator runs` lists what there is"
    case .unknownSpec: "ask the daemon that the run was submitted to"
    case .unknownLaw: "`orchestrator laws` lists the newest of each name"
    case .unknownHost: "`orchestrator status` lists the workers' hosts"
    case .unknownWorker, .workerHasLeft: "register the worker first"
    case .unknownWebhook: "`orchestrator webhook list` lists what there is"
    case .unknownToken: "`orchestrator token list` shows every token"
    case .tokenExists: "choose another name, or revoke that token first"
    case .leaseLost: "end the trainer at once and ask for another run"
    case .requestSpent: "ask with a new request"
    case .outOfSequence(_, _, let expected, _): "send report \(expected) first"
    case .wrongState(_, _, let allowed):
      "it has to be " + allowed.map(\.rawValue).joined(separator: " or ")
    case .badSetting(_, _, let allowed): "it takes \(allowed)"
    case .notFinite: "a run whose numbers overflow has diverged: report that"
    case .runRefused: "check the table with `orchestrator import --dry-run`"
    case .evaluationRefused: "`worker evaluate` makes evaluations and records them"
    case .queryRefused: "write one SELECT, WITH, VALUES or EXPLAIN statement"
    case .queryFailed: "docs/registry.md lists the views and their columns"
    case .queryTooSlow: "narrow it, to one run or one grid, or read the file with sqlite3"
    case .unreadable: "restore a backup"
    case .ruleBroken: "the rule's name says what the value has to be"
    case .storage, .degraded: "see that the disk has room and works, then try again"
    case .busy: "send it again in a moment"
    }
  }
}

extension RegistryError {
  /// What a failed statement of this module comes to.
  init(_ error: DatabaseError) {
    self =
      error.resultCode == .SQLITE_CONSTRAINT
      ? .ruleBroken(error.message ?? error.description) : .storage(error.description)
  }
}

extension RegistryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path, let process):
      "\(path) is locked by " + (process.map { "process \($0)" } ?? "another process")
    case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
    case .networkFileSystem(let path, let kind):
      "\(path) is on \(kind.rawValue), which cannot hold a registry: SQLite's locks fail there"
    case .newerSchema(let path, let migrations):
      "\(path) has migrations that this program does not know: "
        + migrations.joined(separator: ", ")
    case .olderSchema(let path): "\(path) is older than this program"
    case .readOnly: "this registry was opened to read"
    case .fileExists(let path): "\(path) is there already"
    case .cannotCopy(let path, let reason): "cannot write \(path): \(reason)"
    case .damaged(let path, let problems):
      "\(path) is damaged: \(problems.prefix(3).joined(separator: "; "))"
    case .unknownRun(let run): "there is no run \(run)"
    case .unknownGrid(let grid): "there is no grid \(grid)"
    case .unknownStudy(let study): "there is no study '\(study)'"
    case .unknownLaw(let law): "there is no law \(law)"
    case .unknownWorker(let worker): "there is no worker '\(worker)'"
    case .unknownHost(let host): "no worker was ever on a host '\(host)'"
    case .unknownSpec(let sha256): "no run has the spec SHA-256 \(sha256)"
    case .unknownWebhook(let webhook): "there is no webhook \(webhook)"
    case .unknownToken(let name): "no token '\(name)' is in force"
    case .tokenExists(let name): "a token '\(name)' is in force already"
    case .workerHasLeft(let worker): "worker '\(worker)' has left"
    case .leaseLost(let run, let epoch): "the lease of run \(run) is no longer epoch \(epoch)'s"
    case .requestSpent(let request): "request '\(request)' has had its lease"
    case .outOfSequence(let run, let epoch, let expected, let received):
      "run \(run), epoch \(epoch): report \(received) where \(expected) is next"
    case .wrongState(let run, let state, _): "run \(run) is \(state.rawValue)"
    case .badSetting(let name, let value, _): "\(name) cannot be \(value)"
    case .notFinite(let name): "\(name) is not a finite number"
    case .runRefused(let index, let reason): "run \(index + 1) of the import is refused: \(reason)"
    case .evaluationRefused(let reason): "the evaluation is refused: \(reason)"
    case .queryRefused(let reason): "the query is refused: \(reason)"
    case .queryFailed(let message): "the query fails: \(message)"
    case .queryTooSlow(let seconds): "the query took longer than \(seconds) s"
    case .unreadable(let what): "\(what) cannot be read"
    case .ruleBroken(let message): "the registry refuses: \(message)"
    case .storage(let message): "the registry fails: \(message)"
    case .degraded(let reason): "no run is leased while the registry cannot be written: \(reason)"
    case .busy(let waiting): "\(waiting) requests wait to be written"
    }
  }
}

extension APIError {
  /// The reply that carries a registry's refusal.
  public init(_ error: RegistryError) {
    self.init(
      error.code, error.description, hint: error.hint,
      retryAfterSeconds: error.code == .busy ? RegistryError.busySeconds : nil)
  }
}

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

  case unknownRun(Int64)
  case unknownGrid(Int64)
  case unknownStudy(String)
  case unknownLaw(Int64)
  case unknownWorker(String)
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
  /// A number that has to be finite is not.
  case notFinite(String)
  /// A run to import, by its place in the request, is not one that finished.
  case runRefused(index: Int, reason: String)

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

  /// What the HTTP interface calls it.
  public var code: APIError.Code {
    switch self {
    case .locked, .storage: .unavailable
    case .cannotOpen, .networkFileSystem, .newerSchema, .olderSchema, .readOnly, .unreadable:
      .internal
    case .unknownRun, .unknownGrid, .unknownStudy, .unknownLaw, .unknownWorker: .notFound
    case .leaseLost: .leaseLost
    case .workerHasLeft, .requestSpent, .outOfSequence, .wrongState: .conflict
    case .notFinite, .runRefused, .ruleBroken: .invalid
    case .queryRefused, .queryFailed, .queryTooSlow: .refused
    }
  }

  /// What would be right.
  public var hint: String? {
    switch self {
    case .locked: "stop the other daemon first; reading needs no lock"
    case .cannotOpen: "name a registry file in a folder that you may write to"
    case .networkFileSystem:
      "keep it on a disk of the daemon's machine; workers reach it over HTTP from anywhere"
    case .newerSchema: "use the newer program, or restore a backup from before the upgrade"
    case .olderSchema: "start the daemon once: it migrates the file"
    case .readOnly: "only the daemon writes: send it the request"
    case .unknownRun, .unknownGrid, .unknownStudy: "`orchestrator runs` lists what there is"
    case .unknownLaw: "`orchestrator laws` lists the newest of each name"
    case .unknownWorker, .workerHasLeft: "register the worker first"
    case .leaseLost: "end the trainer at once and ask for another run"
    case .requestSpent: "ask with a new request"
    case .outOfSequence(_, _, let expected, _): "send report \(expected) first"
    case .wrongState(_, _, let allowed):
      "it has to be " + allowed.map(\.rawValue).joined(separator: " or ")
    case .notFinite: "a run whose numbers overflow has diverged: report that"
    case .runRefused: "check the table with `orchestrator import --dry-run`"
    case .queryRefused: "write one SELECT, WITH, VALUES or EXPLAIN statement"
    case .queryFailed: "docs/registry.md lists the views and their columns"
    case .queryTooSlow: "narrow it, to one run or one grid, or read the file with sqlite3"
    case .unreadable: "restore a backup"
    case .ruleBroken: "the rule's name says what the value has to be"
    case .storage: "see that the disk has room and works, then try again"
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
    case .unknownRun(let run): "there is no run \(run)"
    case .unknownGrid(let grid): "there is no grid \(grid)"
    case .unknownStudy(let study): "there is no study '\(study)'"
    case .unknownLaw(let law): "there is no law \(law)"
    case .unknownWorker(let worker): "there is no worker '\(worker)'"
    case .workerHasLeft(let worker): "worker '\(worker)' has left"
    case .leaseLost(let run, let epoch): "the lease of run \(run) is no longer epoch \(epoch)'s"
    case .requestSpent(let request): "request '\(request)' has had its lease"
    case .outOfSequence(let run, let epoch, let expected, let received):
      "run \(run), epoch \(epoch): report \(received) where \(expected) is next"
    case .wrongState(let run, let state, _): "run \(run) is \(state.rawValue)"
    case .notFinite(let name): "\(name) is not a finite number"
    case .runRefused(let index, let reason): "run \(index + 1) of the import is refused: \(reason)"
    case .queryRefused(let reason): "the query is refused: \(reason)"
    case .queryFailed(let message): "the query fails: \(message)"
    case .queryTooSlow(let seconds): "the query took longer than \(seconds) s"
    case .unreadable(let what): "\(what) cannot be read"
    case .ruleBroken(let message): "the registry refuses: \(message)"
    case .storage(let message): "the registry fails: \(message)"
    }
  }
}

extension APIError {
  /// The reply that carries a registry's refusal.
  public init(_ error: RegistryError) {
    self.init(error.code, error.description, hint: error.hint)
  }
}

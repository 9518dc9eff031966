import GRDB

/// The requests of one transaction.
final class Batch {
  /// A batch takes no further request once it has worked this long: nobody waits for long behind
  /// heavy ones, and the sync is shared all the same.
  static let longestWork = Duration.milliseconds(10)
  /// Nor beyond this many.
  static let mostRequests = 512

  private let database: Database
  private let changes: Int
  /// One for each request, to be called when the transaction has ended.
  private(set) var answers: [Write.Answer] = []

  init(_ database: Database) {
    self.database = database
    changes = database.totalChangesCount
  }

  /// Whether there was anything to write.
  var hasChanged: Bool { database.totalChangesCount > changes }

  /// Carries out `first` and what `next` gives, and commits. Returns why nothing was written.
  func write(_ first: Write, next: () -> Write?) -> RegistryError? {
    let start = ContinuousClock.now
    var write: Write? = first
    do {
      try database.beginTransaction(.immediate)
      while let current = write {
        try add(current)
        write =
          answers.count < Self.mostRequests && ContinuousClock.now - start < Self.longestWork
          ? next() : nil
      }
      try database.commit()
      return nil
    } catch {
      let failure = RegistryError(storage: error)
      // The transaction could not begin, and `first` is not yet among those to answer.
      if answers.isEmpty { answers.append { first.refuse($0 ?? failure) } }
      if database.isInsideTransaction { try? database.rollback() }
      return failure
    }
  }

  /// Carries out one request in a savepoint. Throws what ends the whole transaction.
  private func add(_ write: Write) throws {
    try database.cachedStatement(sql: "SAVEPOINT request").execute()
    do {
      answers.append(try write.perform(database))
    } catch {
      answers.append { write.refuse($0 ?? RegistryError.refusal(error)) }
      if RegistryError.endsTransaction(error) || !database.isInsideTransaction { throw error }
      try database.cachedStatement(sql: "ROLLBACK TO request").execute()
    }
    try database.cachedStatement(sql: "RELEASE request").execute()
  }
}

extension RegistryError {
  /// What a request is told of an error of its own.
  fileprivate static func refusal(_ error: any Error) -> any Error {
    (error as? DatabaseError).map(RegistryError.init) ?? error
  }

  /// Whether an error is the disk's or SQLite's and not one request's.
  fileprivate static func endsTransaction(_ error: any Error) -> Bool {
    guard let code = (error as? DatabaseError)?.resultCode else { return false }
    let own: [ResultCode] = [
      .SQLITE_CONSTRAINT, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_TOOBIG,
      .SQLITE_MISUSE,
    ]
    return !own.contains(code)
  }

  /// Why a transaction failed.
  fileprivate init(storage error: any Error) {
    self = .storage((error as? DatabaseError)?.description ?? "\(error)")
  }
}

import GRDB

/// One request to write.
struct Write: Sendable {
  /// Tells the caller what came of it, once its batch is on disk or, with the reason, has failed.
  typealias Answer = @Sendable (RegistryError?) -> Void

  /// Carries it out inside the batch's transaction.
  let perform: @Sendable (Database) throws -> Answer
  /// Tells the caller why it was not carried out.
  let refuse: @Sendable (any Error) -> Void

  init<Value: Sendable>(
    _ continuation: CheckedContinuation<Value, any Error>,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) {
    perform = { database in
      let value = try body(database)
      return { failure in
        if let failure {
          continuation.resume(throwing: failure)
        } else {
          continuation.resume(returning: value)
        }
      }
    }
    refuse = { continuation.resume(throwing: $0) }
  }
}

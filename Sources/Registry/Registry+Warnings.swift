import GRDB
import Wire

extension Database {
  /// Keeps a trainer's warning as an event, once: a trainer that resumes says again what it has said.
  func record(_ warning: TrainerEvent.Warning, of attempt: Attempt, now: Int64) throws {
    guard try !warnings(of: attempt.run).contains(warning) else { return }
    let study = try Int64.fetchOne(
      self, sql: "SELECT study_id FROM run WHERE id = ?", arguments: [attempt.run])
    try append(
      .runWarned, at: now, study: study, run: attempt.run, epoch: attempt.epoch,
      worker: attempt.worker,
      detail: [
        "step": .integer(Int64(warning.step)), "warning": .text(warning.kind),
        "message": .text(warning.message),
      ])
  }

  /// What the trainers of a run have warned of, oldest first.
  func warnings(of run: Int64) throws -> [TrainerEvent.Warning] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT detail ->> '$.step' AS step, detail ->> '$.warning' AS warning,
          detail ->> '$.message' AS message
        FROM event
        WHERE run_id = ? AND kind = ?
        ORDER BY sequence
        """, arguments: [run, RegistryEvent.Kind.runWarned.rawValue]
    ).map { .init(step: $0["step"], kind: $0["warning"], message: $0["message"]) }
  }
}

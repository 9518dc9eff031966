import CMigrations
import GRDB

/// The schema's history, compiled in from the top-level folder `migrations`.
enum Migrations {
  /// Each file's name without `.sql`, and its text, in order.
  static var all: [(name: String, sql: String)] {
    (0..<migration_count).map { index in
      let migration = migration_at(index)
      return (String(cString: migration.name), String(cString: migration.sql))
    }
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (name, sql) in all {
      migrator.registerMigration(name) { try $0.execute(sql: sql) }
    }
    return migrator
  }

  /// Refuses a file that a newer program has written: its rules are not known here.
  static func refuseNewer(_ database: Database, path: String) throws {
    guard try migrator.hasBeenSuperseded(database) else { return }
    let known = Set(all.map(\.name))
    let unknown = try migrator.appliedIdentifiers(database).subtracting(known)
    throw RegistryError.newerSchema(path: path, migrations: unknown.sorted())
  }
}

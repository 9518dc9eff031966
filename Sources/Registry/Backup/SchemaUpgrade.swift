import GRDB

/// A file that an older program made, brought to this program's schema.
public struct SchemaUpgrade: Hashable, Sendable {
  /// The newest migration that it had.
  public var from: String
  /// The copy that was made before.
  public var backup: String
}

extension SchemaUpgrade {
  /// Migrates the registry at `path`. One that has been in use is copied first, beside itself, so
  /// that a person can go back to the older program.
  static func migrate(_ pool: DatabasePool, path: String) throws -> SchemaUpgrade? {
    let from = try pool.read { database in
      try Migrations.migrator.hasCompletedMigrations(database)
        ? nil : try database.newestMigration()
    }
    let upgrade = try from.map { from in
      let backup = Registry.freeName("\(path).\(from)")
      try Registry.backUp(path, to: backup)
      return SchemaUpgrade(from: from, backup: backup)
    }
    try Migrations.migrator.migrate(pool)
    return upgrade
  }
}

import Foundation
import Wire

extension TextTable {
  /// Tokens and what has become of them, as of `now` (milliseconds since 1970).
  static func tokens(_ rows: [TokenRow], now: Int64) -> TextTable {
    var table = TextTable(["token", "role", "state", "made", "used"])
    for row in rows {
      table.append([
        row.name, row.role.rawValue, row.state(now: now), ago(row.createdAt, now),
        row.usedAt.map { ago($0, now) } ?? "never",
      ])
    }
    return table
  }

  private static func ago(_ time: Int64, _ now: Int64) -> String {
    Quantity.duration(Double(max(0, now - time)) / 1000) + " ago"
  }
}

extension TokenRow {
  fileprivate func state(now: Int64) -> String {
    if revokedAt != nil { return "revoked" }
    guard let expiresAt else { return "in force" }
    return expiresAt <= now
      ? "expired" : "in force for " + Quantity.duration(Double(expiresAt - now) / 1000)
  }
}

import Foundation
import Wire

extension BadInput {
  private static func query(_ sql: String) -> Way {
    let body = try? JSONEncoder().encode(SQLQuery(query: sql))
    return .request(RawRequest("POST", "/v1/sql", data: body), as: .read)
  }

  static let queries: [BadInput] = [
    BadInput("no statement", query(" -- nothing")),
    BadInput("a statement that writes", query("DELETE FROM run")),
    BadInput("one that writes behind a WITH", query("WITH x AS (SELECT 1) DELETE FROM run")),
    BadInput("a second statement", query("SELECT 1; DROP TABLE run")),
    BadInput("another file", query("ATTACH '/etc/passwd' AS p")),
    BadInput("a setting", query("PRAGMA writable_schema = 1")),
    BadInput("the secrets", query("SELECT sha256 FROM token")),
    BadInput(
      "the secrets, through a view of one's own",
      query(
        "WITH t(x) AS (SELECT sha256 FROM token) SELECT x FROM t")),
    BadInput("the file's raw pages", query("SELECT * FROM dbstat")),
    BadInput("a program", query("SELECT load_extension('/tmp/evil.so')")),
    BadInput("a file's text", query("SELECT readfile('/etc/passwd')")),
    BadInput("a gigabyte", query("SELECT length(zeroblob(1000000000))")),
    BadInput("a table that there is not", query("SELECT * FROM nowhere")),
  ]
}

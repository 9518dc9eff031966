import Foundation

/// How a file of runs is written.
public enum TableFormat: String, CaseIterable, Sendable {
  /// RFC 4180 with a header line.
  case csv
  /// One JSON object a line, or one array of objects.
  case jsonl
  /// A Weights & Biases runs table: the web page's CSV, or JSON objects with `config` and `summary`.
  case wandb
  /// The CSV of `mlflow.search_runs` and `mlflow experiments csv`.
  case mlflow

  /// The format that a file's name tells; none for an unknown ending.
  public init?(file: String) {
    switch URL(filePath: file).pathExtension.lowercased() {
    case "csv": self = .csv
    case "jsonl", "ndjson", "json": self = .jsonl
    default: return nil
    }
  }

  /// What trackers put before the name of a setting or a result.
  var prefixes: [String] {
    switch self {
    case .csv, .jsonl: []
    case .wandb: ["config.", "summary."]
    case .mlflow: ["params.", "metrics.", "tags."]
    }
  }

  /// The column that names a run for good.
  func nameColumn(in columns: [String]) -> String? {
    let names: [String] =
      switch self {
      case .csv, .jsonl: []
      case .wandb: ["id", "ID", "name", "Name"]
      case .mlflow: ["run_id", "Run ID"]
      }
    return names.first(where: columns.contains)
  }

  /// The column that says whether a run has finished.
  func stateColumn(in columns: [String]) -> Int? {
    let names: [String] =
      switch self {
      case .csv, .jsonl: []
      case .wandb: ["State", "state"]
      case .mlflow: ["status", "Status"]
      }
    return columns.firstIndex(where: names.contains)
  }

  /// Whether `data` is JSON: W&B exports come as either.
  func isJSON(_ data: Data) -> Bool {
    switch self {
    case .csv, .mlflow: false
    case .jsonl: true
    case .wandb:
      data.first { !UInt8.isSpace($0) }.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
        ?? false
    }
  }
}

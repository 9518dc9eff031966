import Foundation
import Testing
import Wire

@testable import RunTable

@Suite("Exports of other trackers are read as they come")
struct TrackerTests {
  private static let mapping = ImportMapping(
    assignments: ["loss=eval/loss", "N=params", "D=tokens", "learning_rate=lr"],
    convention: .sixN)

  private func runs(
    _ text: String, _ format: TableFormat, _ mapping: ImportMapping = mapping
  ) throws -> ImportMapping.Result {
    try mapping.runs(of: RawTable(Data(text.utf8), file: "runs", format: format))
  }

  @Test("a W&B table: finished runs only, each under its name")
  func wandbTable() throws {
    let result = try runs(
      """
      "Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr","params","tokens","eval/loss"
      "fancy-sun-3","finished","-","ann","a, b","2024-01-01T00:00:00Z","3600","","0.001","1000000","1e9","3.25"
      "dull-moon-2","crashed","-","ann","","2024-01-01T00:00:00Z","60","","0.1","1000000","1e9",""
      """, .wandb)
    #expect(result.runs.count == 1 && result.unfinished == 1)
    #expect(result.runs[0].extra == #"{"convention":"6N","name":"fancy-sun-3"}"#)
    #expect(result.runs[0].numbers[.learningRate] == 0.001)
  }

  @Test("W&B objects: config and summary are found without their prefixes, wrapped settings too")
  func wandbObjects() throws {
    let result = try runs(
      """
      {"id": "x1", "name": "sun", "state": "finished", "config": {"lr": {"value": 0.001, "desc": null}, "params": 1000000, "tokens": 1000000000}, "summary": {"eval/loss": 3.25, "_step": 10}}
      {"id": "x2", "name": "sun", "state": "running", "config": {"lr": {"value": 0.001}, "params": 1000000}, "summary": {}}
      """, .wandb)
    #expect(result.runs.count == 1 && result.unfinished == 1)
    #expect(result.runs[0].numbers[.learningRate] == 0.001)
    #expect(result.runs[0].extra == #"{"convention":"6N","name":"x1"}"#)
  }

  @Test("an MLflow search: params, metrics and the run's id")
  func mlflow() throws {
    let result = try runs(
      """
      run_id,experiment_id,status,artifact_uri,start_time,end_time,metrics.eval/loss,params.lr,params.params,params.tokens,tags.mlflow.runName
      0a1,0,FINISHED,x,2024-01-01,2024-01-01,3.25,0.001,1000000,1000000000,sun
      0a2,0,FAILED,x,2024-01-01,,,0.001,1000000,1000000000,moon
      """, .mlflow)
    #expect(result.runs.count == 1 && result.unfinished == 1)
    #expect(result.runs[0].numbers[.loss] == 3.25 && result.runs[0].numbers[.flops] == 6e15)
    #expect(result.runs[0].extra == #"{"convention":"6N","name":"0a1"}"#)
    #expect(result.mapping["name"] == "run_id")
  }

  @Test("a short name that stands for two columns has to be written out")
  func ambiguous() throws {
    let text = "run_id,params.loss,metrics.loss\na,mse,3\n"
    #expect(
      throws: ImportRefusal(
        file: "runs",
        faults: [
          .ambiguousColumn(
            "loss", use: "--map loss=loss", columns: ["params.loss", "metrics.loss"])
        ])
    ) { try runs(text, .mlflow, ImportMapping(assignments: ["loss=loss"], convention: .none)) }
    let result = try runs(
      text, .mlflow, ImportMapping(assignments: ["loss=metrics.loss"], convention: .none))
    #expect(result.runs[0].numbers[.loss] == 3)
  }

  @Test("a table that export wrote needs no mapping: its columns have the targets' names")
  func export() throws {
    let columns = [
      "id", "family", "budget", "point", "state", "loss", "A", "G", "N", "M", "D", "C", "seed",
      "experts", "extra",
    ]
    let row: [Table.Value] = [
      .integer(7), .text("moe"), .real(1e18), .text("{\"A\":\"1/32\",\"scale\":2}"),
      .text("finished"), .real(2.3976109618296744), .real(0.03125), .real(12), .integer(1_000_000),
      .real(6e6), .integer(1_000_000_000), .real(6e15), .integer(-9_223_372_036_854_775_808),
      .integer(256), .text("{\"lambada\":2.5,\"name\":\"sun\"}"),
    ]
    let table = Table(columns: columns, rows: [row])
    for (text, format) in [
      (TableWriter.csv(table), TableFormat.csv), (TableWriter.jsonLines(table), .jsonl),
    ] {
      let run = try #require(try runs(text, format, ImportMapping()).runs.first)
      #expect(run.family == "moe" && run.seed == .min)
      #expect(run.point == #"{"A":"1/32","scale":"2"}"#)
      #expect(run.numbers[.loss] == 2.3976109618296744 && run.numbers[.budget] == 1e18)
      #expect(run.numbers[.experts] == 256 && run.numbers[.flops] == 6e15)
      #expect(
        run.extra == #"{"convention":"paper","experts":256,"lambada":2.5,"name":"sun"}"#)
    }
  }
}

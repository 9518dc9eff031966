import Foundation
import GridFile
import Mutants
import Testing
import Wire

@testable import RunTable

/// Files of the checkout.
enum Checkout {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func data(_ path: String) throws -> Data {
    try Data(contentsOf: root.appending(path: path))
  }
}

@Suite("What people write is read or refused, however broken")
struct TextFuzzTests {
  @Test("grids and studies")
  func grids() throws {
    let samples = try ["studies/demo/grid.yaml", "Tests/install/grid.yaml"].map(Checkout.data)
    let fuzzing = Fuzzing(samples, count: 400) { data in
      try GridFile.decode(String(decoding: data, as: UTF8.self), file: "mutant.yaml")
    } again: {
      $0
    } isRefusal: {
      $0 is GridFileError
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 10 && fuzzing.refused > 100)
  }

  @Test("presets")
  func presets() throws {
    let samples = try ["ling-mini-2.0", "ling-dense-6.1b"].map {
      try Checkout.data("presets/\($0).yaml")
    }
    let fuzzing = Fuzzing(samples, count: 400) { data in
      try PresetFile.decode(String(decoding: data, as: UTF8.self), file: "mutant.yaml")
    } again: {
      $0
    } isRefusal: {
      $0 is GridFileError
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 10 && fuzzing.refused > 100)
  }

  @Test("tables of runs", arguments: [TableFormat.csv, .jsonl, .wandb, .mlflow])
  func tables(format: TableFormat) throws {
    let text =
      switch format {
      case .csv, .mlflow:
        """
        run_id,status,params.lr,tokens,params,loss,note
        a,FINISHED,0.001,1e9,1000000,3.25,"one ""quoted"", cell"
        b,FINISHED,0.002,2e9,2000000,3.125,
        """
      default:
        """
        {"id":"x1","state":"finished","lr":0.001,"tokens":1000000000,"params":1000000,"loss":3.25,"s":[1,{"a":null}]}
        {"id":"x2","state":"finished","lr":0.002,"tokens":2000000000,"params":2000000,"loss":3.125,"s":"\\u00e9"}
        """
      }
    let mapping = ImportMapping(
      assignments: ["loss=loss", "N=params", "D=tokens"], family: "f", convention: .sixN)
    let fuzzing = Fuzzing([Data(text.utf8)], count: 300) { data in
      try mapping.runs(of: RawTable(data, file: "mutant", format: format)).runs
    } again: {
      $0
    } isRefusal: {
      $0 is ImportRefusal
    }
    #expect(fuzzing.findings == [])
    #expect(fuzzing.decoded > 3 && fuzzing.refused > 100)
  }
}

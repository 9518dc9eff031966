import Foundation
import Testing
import Wire

@testable import RunTable

@Suite("Columns become typed runs, or everything that is wrong is said")
struct MappingTests {
  static let sheet = """
    group,lr,bsz,data_size,params,lm_loss,split
    g,0.0003453,736,100000000000.0,214663680.0,2.3976109618296744,train
    g,0.005524,32,5e10,429260800.0,2.2778836983119093,train
    g,0.005524,32,5e10,429260800.0,2.5,test
    """

  private func runs(
    _ text: String, _ mapping: ImportMapping
  ) throws -> ImportMapping.Result {
    try mapping.runs(of: RawTable(Data(text.utf8), file: "runs.csv", format: .csv))
  }

  private func faults(
    _ text: String, _ mapping: ImportMapping
  ) -> [ImportFault] {
    do {
      _ = try mapping.runs(of: RawTable(Data(text.utf8), file: "runs.csv", format: .csv))
      return []
    } catch {
      return error.faults
    }
  }

  private static let dense = ImportMapping(
    assignments: [
      "loss=lm_loss", "N=params", "tokens=data_size", "learning_rate=lr", "batch_tokens=bsz*2048",
    ], conditions: ["split=train"], convention: .sixN)

  @Test("a dense sheet: units are converted, M and C derived, rows chosen")
  func denseSheet() throws {
    let result = try runs(Self.sheet, Self.dense)
    #expect(result.runs.count == 2 && result.filtered == 1)
    let first = result.runs[0]
    let (n, d) = (214_663_680.0, 1e11)
    #expect(first.numbers[.loss] == 2.3976109618296744)
    #expect(first.numbers[.batchTokens] == 1_507_328)
    #expect(first.numbers[.flopsPerToken] == 6 * n && first.numbers[.flops] == 6 * n * d)
    #expect(first.numbers[.budget] == 1.29e20)
    #expect(first.family == "dense" && first.point == "{}" && first.seed == nil)
    #expect(first.extra == "{\"convention\":\"6N\"}")
    #expect(result.mapping["D"] == "data_size" && result.mapping["batch_tokens"] == "bsz*2048")
  }

  @Test("routed models: A from experts, a family from a column, constants, kept columns")
  func routed() throws {
    let sheet = """
      E,k,total,dense,val,router,seed,lambada
      64,1,555892736.0,27279360.0,2.64,S-Base,42,2.1
      1,1,27279360.0,27279360.0,2.9,Dense,42.0,
      """
    let result = try runs(
      sheet,
      ImportMapping(
        assignments: [
          "validation_loss=val", "N=total", "N_active=dense", "D=130e9", "E=E", "top_k=k",
          "seed=seed",
        ], family: "{router}-k{k}", keep: ["lambada", "router"], convention: .sixN))
    let (moe, dense) = (result.runs[0], result.runs[1])
    #expect(moe.numbers[.activationRatio] == 1.0 / 64 && dense.numbers[.activationRatio] == 1)
    #expect(moe.numbers[.flops] == 6 * 27_279_360 * 130e9)
    #expect(moe.family == "S-Base-k1" && dense.family == "Dense-k1")
    #expect(moe.point == "{\"A\":\"0.015625\",\"experts\":\"64\",\"top_k\":\"1\"}")
    #expect(dense.point == "{}")
    #expect(moe.seed == 42 && dense.seed == 42)
    #expect(
      moe.extra
        == #"{"convention":"6N","experts":64,"lambada":2.1,"router":"S-Base","top_k":1}"#)
    #expect(dense.extra == #"{"convention":"6N","experts":1,"router":"Dense","top_k":1}"#)
  }

  @Test("products go from left to right; a column's whole name wins over arithmetic")
  func expressions() throws {
    let sheet = "train/loss,train,loss,steps,batch size\n2,8,4,1000,32\n"
    func number(_ expression: String) throws -> Double? {
      try runs(
        sheet, ImportMapping(assignments: ["loss=\(expression)"], convention: .none)
      ).runs[0].numbers[.loss]
    }
    #expect(try number("train/loss") == 2)
    #expect(try number("train/loss*2") == 4)
    #expect(try number("train / loss") == 2)
    #expect(try number("steps*batch size/loss") == 8000)
    #expect(try number("steps / batch size * 2") == 62.5)
    #expect(try number("1e3") == 1000)
    #expect(try number("1e3/steps") == 1)
  }

  @Test("C, M and D: any two give the third, the convention fills what is left")
  func conventions() {
    var numbers: [RunQuantity: Double] = [.flops: 12e9, .tokens: 1e3]
    Convention.paper.complete(&numbers)
    #expect(numbers == [.flops: 12e9, .tokens: 1e3, .flopsPerToken: 12e6])
    Convention.sixN.complete(&numbers)
    #expect(numbers[.parameters] == 2e6)
    numbers = [.flops: 12e9, .parameters: 2e6]
    Convention.sixN.complete(&numbers)
    #expect(numbers[.tokens] == 1e3 && numbers[.flopsPerToken] == 12e6)
    numbers = [.parameters: 2e6, .tokens: 1e3]
    Convention.paper.complete(&numbers)
    #expect(numbers.count == 2)
    numbers = [.parameters: 2e6, .tokens: 1e3, .activationRatio: 0.5]
    Convention.sixN.complete(&numbers)
    #expect(numbers[.flops] == nil)
    numbers[.activeParameters] = 1e6
    Convention.sixN.complete(&numbers)
    #expect(numbers[.flops] == 6e9)
  }

  @Test("a mapping that does not fit the columns is refused, all of it at once")
  func mappingFaults() {
    let columns = ["group", "lr", "bsz", "data_size", "params", "lm_loss", "split"]
    let found = faults(
      Self.sheet,
      ImportMapping(
        assignments: [
          "loss", "los=lm_loss", "D=tokens*2", "seed=bsz*2", "N=params", "parameters=lr", "M=",
        ], family: "{split", group: ["hidden"], keep: ["name"], conditions: ["split"]))
    #expect(
      found == [
        .notAnAssignment("loss"), .unknownTarget("los"),
        .unknownColumn("tokens", use: "--map D=tokens*2", columns: columns),
        .notOneColumn(target: "seed", expression: "bsz*2"), .repeatedTarget("N"),
        .notAnAssignment("M="), .badTemplate("{split"),
        .unknownColumn("hidden", use: "--group hidden", columns: columns),
        .reservedName("name"), .notACondition("split"),
      ])
    #expect(
      faults(
        Self.sheet,
        ImportMapping(
          assignments: ["loss=lm_loss", "family=split"], family: "x", convention: .none))
        == [.repeatedTarget("family")])
    #expect(faults(Self.sheet, ImportMapping()) == [.nothingMapped(columns: columns)])
    #expect(
      faults(Self.sheet, ImportMapping(assignments: ["N=params", "D=data_size"]))
        == [.noLossMapped, .noComputeMapped(.paper)])
  }

  @Test("every faulty row is named with its line, its column, its value and what would be right")
  func rowFaults() {
    let sheet = """
      loss,N,D,A,seed,C
      2.5,1e6,1e9,1,1,6e15
      x,1e6,1e9,1,1,6e15
      NaN,1e6,1e9,1,1,6e15
      ,1e6,1e9,1,1,6e15
      2.5,-1,1e9,1.5,1,6e15
      2.5,1e6,1e9,1,1.5,6e15
      2.5,1e6,1e9,1,1,7e15
      2.5,1e6
      2.5,1e6,1e9,0.5,1,
      2.5,,1e9,1,1,
      """
    let mapping = ImportMapping(
      assignments: ["loss=loss", "N=N", "D=D", "A=A", "seed=seed", "C=C", "M=N*6"],
      convention: .sixN)
    let found = faults(sheet, mapping)
    #expect(found.count == 10)
    #expect(
      ImportRefusal(file: "runs.csv", faults: found).description == """
        runs.csv:3: loss is 'x', not a number as 2.5 or 1e9
        runs.csv:4: loss is nan, but loss is a finite number above 0
        runs.csv:5: loss: empty, but a finished run has a loss; --where leaves rows out
        runs.csv:6: N is -1.0, but N is a count of at least 1
        runs.csv:6: A is 1.5, but A is a share from 0 to 1, above 0
        runs.csv:6: N*6 is -6.0, but M is a finite number above 0
        runs.csv:7: seed is '1.5', but seed is a whole number
        runs.csv:8: C is 7000000000000000.0, but M·D is 6000000000000000.0: map two of the three, \
        or columns of one convention
        runs.csv:9: 2 cells where the header has 6 columns
        runs.csv:11: C does not follow: empty are N, C, N*6; map C, or D with N, N_active or M
        """)
  }

  @Test("an MoE whose active parameters are not known has no C by 6N, and says so")
  func activeUnknown() {
    let found = faults(
      "loss,N,D,E,k\n2,1e9,1e10,8,1\n2,1e9,1e10,8,9\n",
      ImportMapping(
        assignments: ["loss=loss", "N=N", "D=D", "E=E", "top_k=k"], convention: .sixN))
    #expect(found.first == .activeUnknown(line: 2))
    #expect(found.contains(.tooManyActive(line: 3, topK: 9, experts: 8)))
  }

  @Test("twenty faults are listed, the others counted")
  func manyFaults() {
    let sheet = "loss\n" + String(repeating: "x\n", count: 100)
    let found = faults(sheet, ImportMapping(assignments: ["loss=loss"], convention: .none))
    let lines = ImportRefusal(file: "f", faults: found).description.split(separator: "\n")
    #expect(found.count == 100 && lines.count == 21 && lines.last == "and 80 more")
  }

  @Test("no row that is left is a refusal, and conditions compare numbers as numbers")
  func conditions() throws {
    #expect(
      faults(
        Self.sheet,
        ImportMapping(assignments: ["loss=lm_loss"], conditions: ["split=none"], convention: .none))
        == [.noRows(read: 3)])
    let some = try runs(
      Self.sheet,
      ImportMapping(
        assignments: ["loss=lm_loss"], conditions: ["data_size=50000000000", "lm_loss!=2.50"],
        convention: .none))
    #expect(some.runs.map { $0.numbers[.loss] } == [2.2778836983119093])
  }
}

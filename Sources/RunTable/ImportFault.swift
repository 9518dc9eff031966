public import Wire

/// One thing that keeps a file from being imported.
public enum ImportFault: Error, Hashable, Sendable {
  // The file as a whole.
  case empty
  case notUTF8
  case repeatedColumn(String)
  /// No row is left: `read` were read, the rest had not finished or did not meet the conditions.
  case noRows(read: Int)

  // A row's form; lines count from 1, elements of a JSON array too.
  case unclosedQuote(line: Int)
  case textAfterQuote(line: Int, text: String)
  case wrongWidth(line: Int, cells: Int, columns: Int)
  case notJSON(line: Int, reason: String)
  case notAnObject(line: Int)

  // The mapping.
  case notAnAssignment(String)
  case unknownTarget(String)
  case repeatedTarget(String)
  case unknownColumn(String, use: String, columns: [String])
  case ambiguousColumn(String, use: String, columns: [String])
  /// A text, or a seed, cannot be calculated.
  case notOneColumn(target: String, expression: String)
  case badTemplate(String)
  case notACondition(String)
  case reservedName(String)
  case nothingMapped(columns: [String])
  case noLossMapped
  case noComputeMapped(Convention)

  // A row's values.
  case notANumber(line: Int, column: String, value: String)
  case outOfDomain(
    line: Int, quantity: RunQuantity, expression: String, value: Double)
  case notWhole(line: Int, target: String, column: String, value: String)
  case notAnObjectText(line: Int, column: String, value: String)
  case emptyText(line: Int, target: String)
  case noLoss(line: Int, columns: [String])
  case noCompute(line: Int, convention: Convention, columns: [String])
  /// The convention counts active parameters, and an MoE run has only N.
  case activeUnknown(line: Int)
  /// More experts a token than there are.
  case tooManyActive(line: Int, topK: Int, experts: Int)
  case contradiction(line: Int, flops: Double, flopsPerToken: Double, tokens: Double)

  /// The row that it concerns.
  var line: Int? {
    switch self {
    case .unclosedQuote(let line), .textAfterQuote(let line, _), .wrongWidth(let line, _, _),
      .notJSON(let line, _), .notAnObject(let line), .notANumber(let line, _, _),
      .outOfDomain(let line, _, _, _), .notWhole(let line, _, _, _),
      .notAnObjectText(let line, _, _), .emptyText(let line, _), .noLoss(let line, _),
      .noCompute(let line, _, _), .activeUnknown(let line), .tooManyActive(let line, _, _),
      .contradiction(let line, _, _, _):
      line
    default: nil
    }
  }
}

/// Why a file is not imported: everything that is wrong with it.
public struct ImportRefusal: Error, Hashable, Sendable {
  public var file: String
  public var faults: [ImportFault]

  /// How many faults a message lists.
  public static let listed = 20
}

extension ImportRefusal: CustomStringConvertible {
  public var description: String {
    var lines = faults.prefix(Self.listed).map { fault in
      "\(file):\(fault.line.map { "\($0):" } ?? "") \(fault)"
    }
    if faults.count > Self.listed { lines.append("and \(faults.count - Self.listed) more") }
    return lines.joined(separator: "\n")
  }
}

import Wire

extension ImportFault: CustomStringConvertible {
  public var description: String { aboutFile ?? aboutForm ?? aboutMapping ?? aboutValues ?? "" }

  private var aboutFile: String? {
    switch self {
    case .empty: "there is nothing in it: a header line and a row for each run are expected"
    case .notUTF8: "it is no UTF-8 text"
    case .repeatedColumn(let name): "two columns are called '\(name)': rename one"
    case .noRows(let read):
      read == 0
        ? "it has no rows" : "none of its \(read) rows is of a finished run that meets --where"
    default: nil
    }
  }

  private var aboutForm: String? {
    switch self {
    case .unclosedQuote: "a quote that begins here is never closed"
    case .textAfterQuote(_, let text):
      "'\(text)' follows a closing quote: a quote inside a quoted cell is written twice"
    case .wrongWidth(_, let cells, let columns):
      "\(cells) cells where the header has \(columns) columns"
    case .notJSON(_, let reason): "not JSON: \(reason)"
    case .notAnObject: "not a JSON object: each run is one, as {\"loss\": 2.5}"
    default: nil
    }
  }

  private var aboutMapping: String? {
    switch self {
    case .notAnAssignment(let text): "--map \(text): write TARGET=COLUMN, as loss=lm_loss"
    case .unknownTarget(let name):
      "--map \(name)=…: the targets are \(ImportTarget.names.joined(separator: ", "))"
    case .repeatedTarget(let name): "\(name) is given twice"
    case .unknownColumn(let name, let use, let columns):
      "\(use): there is no column '\(name)'; there are \(Self.list(columns))"
    case .ambiguousColumn(let name, let use, let columns):
      "\(use): '\(name)' may be \(columns.joined(separator: " or ")): write one of them"
    case .notOneColumn(let target, let expression):
      "--map \(target)=\(expression): \(target) is one column, without arithmetic"
    case .badTemplate(let text):
      "--family \(text): a column's name stands between { and }, as in '{router}-{experts}'"
    case .notACondition(let text): "--where \(text): write COLUMN=VALUE or COLUMN!=VALUE"
    case .reservedName(let name): "--keep \(name): that name is taken; --map knows it"
    case .nothingMapped(let columns):
      "no column is named as in an export: say which is which with --map TARGET=COLUMN;"
        + " there are \(Self.list(columns))"
    case .noLossMapped:
      "a run needs a loss: --map loss=…, validation_loss=… or bits_per_byte=…"
    case .noComputeMapped(let convention):
      "C does not follow from what is mapped (convention \(convention.rawValue)): "
        + convention.requirement
    default: nil
    }
  }

  private var aboutValues: String? {
    switch self {
    case .notANumber(_, let column, let value):
      "\(column) is '\(value)', not a number as 2.5 or 1e9"
    case .outOfDomain(_, let quantity, let expression, let value):
      "\(expression) is \(value), but \(quantity.rawValue) is \(quantity.domain)"
    case .notWhole(_, let target, let column, let value):
      "\(column) is '\(value)', but \(target) is a whole number"
    case .notAnObjectText(_, let column, let value):
      "\(column) is '\(value)', not a JSON object as {\"A\":\"1/32\"}"
    case .emptyText(_, let target): "\(target) is empty"
    case .noLoss(_, let columns):
      "\(Self.list(columns)): empty, but a finished run has a loss; --where leaves rows out"
    case .noCompute(_, let convention, let columns):
      "C does not follow: empty are \(Self.list(columns)); " + convention.requirement
    case .activeUnknown:
      "it is an MoE, and convention 6N counts active parameters: --map N_active=…"
    case .tooManyActive(_, let topK, let experts):
      "top_k is \(topK), more than the \(experts) experts"
    case .contradiction(_, let flops, let flopsPerToken, let tokens):
      "C is \(flops), but M·D is \(flopsPerToken * tokens): map two of the three, or columns"
        + " of one convention"
    default: nil
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(30).joined(separator: ", ")
    return names.count > 30 ? shown + ", … (\(names.count))" : shown
  }
}

import Experiment
import Testing

@Suite("An impossible point is refused with the reason and the nearest possible one")
struct ImpossibleShapeTests {
  static let cases: [(ShapePoint, String)] = [
    (
      ShapePoint(activation: Ratio(3, 4)),
      "A = 3/4 is impossible: E = E_a / A must be a whole number, at least E_a = 2; "
        + "the nearest possible is A = 2/3"
    ),
    (
      ShapePoint(activation: Ratio(31, 1000)),
      "A = 31/1000 is impossible: E = E_a / A must be a whole number, at least E_a = 2; "
        + "the nearest possible is A = 2/65"
    ),
    (
      ShapePoint(activation: Ratio(2)),
      "A = 2 is impossible: E = E_a / A must be a whole number, at least E_a = 2; "
        + "the nearest possible is A = 1"
    ),
    (
      ShapePoint(granularity: Ratio(3)),
      "G = 3 is impossible: E_a = 2 and E_s = 1 at G = 2 do not scale to whole numbers; "
        + "the nearest possible is G = 4"
    ),
    (
      ShapePoint(granularity: Ratio(400)),
      "G = 400 is impossible: d_expert is 55 at the base and would fall below 1; "
        + "the nearest possible is G = 110"
    ),
    (
      ShapePoint(sharedRatio: Ratio(1, 2)),
      "S = 1/2 is impossible: E_s = S · 3 must be a whole number that leaves a routed expert; "
        + "the nearest possible is S = 2/3"
    ),
    (
      ShapePoint(activation: .one, sharedRatio: Ratio(0)),
      "S = 0 is impossible: it leaves more routed experts to run than there are (E = 2, "
        + "E_a + E_s = 3); the nearest possible is S = 1/3"
    ),
    (
      ShapePoint(denseLayers: Ratio(2)),
      "dense_layers = 2 is impossible: of 2 layers at least one must route; "
        + "the nearest possible is dense_layers = 1"
    ),
    (
      ShapePoint(denseLayers: Ratio(1, 3)),
      "dense_layers = 1/3 is impossible: it is not a whole number of the 2 layers; "
        + "the nearest possible is dense_layers = 1/2"
    ),
    (
      ShapePoint(attentionShare: Ratio(1, 100)),
      "attention_share = 1/100 is impossible: no d_model with 2 layers and 2 heads has it at this "
        + "M; the nearest possible is attention_share = 11/500"
    ),
  ]

  @Test("Each axis names its reason", arguments: cases)
  func points(point: ShapePoint, message: String) throws {
    let solver = ShapeSolver(kind: .moe, base: BaseShape(), vocab: 1024, seqLen: 128)
    let base = try solver.baseShape(target: 6e5)
    let error = #expect(throws: ShapeError.self) { try solver.shape(at: point, beside: base) }
    #expect(error?.description == message)
    guard case .impossible(let axis, _, _, let nearest?) = error else { return }
    var possible = point
    switch axis {
    case .activation: possible.activation = nearest
    case .granularity: possible.granularity = nearest
    case .sharedRatio: possible.sharedRatio = nearest
    case .denseLayers: possible.denseLayers = nearest
    default: possible.attentionShare = nearest
    }
    #expect(throws: Never.self) { try solver.shape(at: possible, beside: base) }
  }

  @Test("A target that no width reaches is refused with the closest M")
  func target() throws {
    let solver = ShapeSolver(kind: .moe, base: BaseShape(), vocab: 1024, seqLen: 128)
    let error = #expect(throws: ShapeError.self) { try solver.baseShape(target: 1000) }
    #expect(
      error?.description == "no shape comes within 2 % of M = 1000 FLOPs a token; the nearest "
        + "possible is M = 13488; change the budget or the allocation, or lower width_multiple, "
        + "layers or seq_len")
  }

  @Test("A base without a layer to route is refused")
  func denseBase() {
    let solver = ShapeSolver(
      kind: .moe, base: BaseShape(denseLayers: 2), vocab: 1024, seqLen: 128)
    let error = #expect(throws: ShapeError.self) { try solver.baseShape(target: 6e5) }
    #expect(error?.description.hasPrefix("dense_layers = 2 is impossible") == true)
  }
}

/// Whether a family routes.
public enum ModelKind: String, Hashable, Codable, Sendable, CaseIterable {
  case dense
  case moe
}

import Wire

/// How what is missing among N, D, M and C follows from the others.
public enum Convention: String, CaseIterable, Sendable {
  /// C = M·D only: M counts training FLOPs as docs/laws.md does, or the file has C.
  case paper
  /// C = M·D with M = 6·N_a, and N_a = N in a dense model (arXiv 2001.08361, §2.1).
  case sixN = "6N"
  /// Nothing follows, and C is not needed.
  case none

  /// What C needs.
  var requirement: String {
    switch self {
    case .paper: "map C, or M and D, or derive it with --convention 6N"
    case .sixN: "map C, or D with N, N_active or M"
    case .none: "nothing is needed"
    }
  }

  /// Adds what follows to `numbers`; what is there stays.
  func complete(_ numbers: inout [RunQuantity: Double]) {
    guard self != .none else { return }
    completeProduct(&numbers)
    guard self == .sixN else { return }
    let isDense = numbers.areOfDenseModel
    let active = numbers[.activeParameters] ?? (isDense ? numbers[.parameters] : nil)
    if let active, numbers[.flopsPerToken] == nil { numbers[.flopsPerToken] = 6 * active }
    completeProduct(&numbers)
    if active == nil, let flopsPerToken = numbers[.flopsPerToken] {
      numbers[isDense ? .parameters : .activeParameters] = flopsPerToken / 6
    }
  }

  /// The third of C = M·D.
  private func completeProduct(_ numbers: inout [RunQuantity: Double]) {
    switch (numbers[.flops], numbers[.flopsPerToken], numbers[.tokens]) {
    case (nil, let flopsPerToken?, let tokens?): numbers[.flops] = flopsPerToken * tokens
    case (let flops?, nil, let tokens?): numbers[.flopsPerToken] = flops / tokens
    case (let flops?, let flopsPerToken?, nil): numbers[.tokens] = flops / flopsPerToken
    default: break
    }
  }
}

extension [RunQuantity: Double] {
  /// Whether A is 1 or, where it is not known, nothing speaks of more than one expert.
  var areOfDenseModel: Bool {
    self[.activationRatio].map { $0 == 1 } ?? (self[.experts, default: 1].rounded() <= 1)
  }
}

import Foundation

/// A base point for each family, axes through it, budgets and seeds: what one file asks for.
///
/// Everything with a default is filled in, so equal grids have equal `canonicalSource`, however
/// their files were written.
public struct Grid: Hashable, Codable, Sendable {
  public var study: String
  public var name: String
  /// The corpus by name; its content is pinned when the grid is expanded.
  public var corpus: String
  public var trainer: String
  /// Training FLOPs C of one run, in the order of the file.
  public var budgets: [Double]
  public var seeds: [UInt64]
  public var seqLen: Int
  public var evaluation: RunSpec.Evaluation
  public var families: [Family]
  /// What is fitted to its runs when all have ended.
  public var fits: [StageFit]
  /// How its runs are queued; no part of `canonicalSource`.
  public var scheduling = Scheduling()

  public init(
    study: String, name: String, corpus: String, trainer: String = "native", budgets: [Double],
    seeds: [UInt64] = [1], seqLen: Int = 128, evaluation: RunSpec.Evaluation = .init(),
    families: [Family], fits: [StageFit] = [], scheduling: Scheduling = .init()
  ) {
    self.study = study
    self.name = name
    self.corpus = corpus
    self.trainer = trainer
    self.budgets = budgets
    self.seeds = seeds
    self.seqLen = seqLen
    self.evaluation = evaluation
    self.families = families
    self.fits = fits
    self.scheduling = scheduling
  }

  private enum CodingKeys: String, CodingKey {
    case study
    case name = "grid"
    case corpus, trainer, budgets, seeds
    case seqLen = "sequence_length"
    case evaluation, families, fits
  }

  /// The grid as JSON with sorted keys and no spaces: a grid's identity.
  public var canonicalSource: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding plain integers, finite doubles and strings has no failing path.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }

  /// The laws to resolve before `expand`, each once, in the order of the families.
  public var lawRequests: [LawRequest] {
    var seen: Set<LawRequest> = []
    return families.flatMap(\.lawRequests).filter { seen.insert($0).inserted }
  }
}

/// A corpus that the program knows how to make from Debian packages of the `main` component.
public struct Recipe: Sendable {
  public let name: String
  /// One line for a list of recipes.
  public let summary: String
  let sources: [PackageSource]

  /// Every recipe.
  public static let all = [debianMix, debianProse, debianSmall]

  /// The recipe called `name`. Throws ``CorpusError/unknownRecipe(_:known:)``.
  public static func named(_ name: String) throws -> Recipe {
    guard let recipe = all.first(where: { $0.name == name }) else {
      throw CorpusError.unknownRecipe(name, known: all.map(\.name))
    }
    return recipe
  }

  /// Packages in the order they are read.
  public var packages: [String] { sources.map(\.package) }

  static let debianMix = Recipe(
    name: "debian-mix",
    summary: "dictionaries, books, essays and manuals from Debian 12",
    sources: [
      .gcide, .wordNet, .foldoc, .jargon, .anarchism, .treasuryOfDavid, .worldEnglishBible,
      .linuxManuals, .pythonManuals, .perlManuals, .fortunes,
    ])

  static let debianProse = Recipe(
    name: "debian-prose",
    summary: "the books, essays and the dictionary of debian-mix, without manuals",
    sources: [.gcide, .anarchism, .treasuryOfDavid, .worldEnglishBible])

  static let debianSmall = Recipe(
    name: "debian-small",
    summary: "sayings and the hackers' lexicon: a few megabytes, ready in seconds",
    sources: [.fortunes, .jargon, .foldoc])
}

/// The text of one Debian package: which of its files, how they are cleaned, under what licence.
struct PackageSource: Sendable {
  let package: String
  /// SPDX where there is one, otherwise the words of the package's copyright file.
  let licence: String
  /// Shell patterns of the files inside the package.
  let patterns: [String]
  /// Parts of paths that are left out.
  var excluded: [String] = []
  let cleaner: Cleaner
  /// The module that `mod2imp` exports, for SWORD packages.
  var swordModule: String?

  static let gcide = dictionary("gcide", licence: "GPL-2.0-or-later")
  static let wordNet = dictionary("wn", licence: "WordNet 3.0")
  static let foldoc = dictionary("foldoc", licence: "GFDL-1.1-or-later")
  static let jargon = dictionary("jargon", licence: "public domain")

  static let anarchism = PackageSource(
    package: "anarchism", licence: "GPL-2.0-only",
    patterns: ["./usr/share/doc/anarchism/markdown/*"], cleaner: .markdown)

  static let treasuryOfDavid = sword(
    "sword-comm-tdavid", module: "TDavid", licence: "public domain")
  static let worldEnglishBible = sword(
    "sword-text-web", module: "engWEB2015eb", licence: "public domain")

  static let linuxManuals = PackageSource(
    package: "linux-doc-6.1", licence: "GPL-2.0-only",
    patterns: ["./usr/share/doc/linux-doc-6.1/html/_sources/*"],
    excluded: ["/translations/"], cleaner: .restructuredText)

  static let pythonManuals = PackageSource(
    package: "python3.11-doc", licence: "PSF-2.0",
    patterns: ["./usr/share/doc/python3.11/html/_sources/*"], cleaner: .restructuredText)

  static let perlManuals = PackageSource(
    package: "perl-doc", licence: "Artistic-1.0-Perl OR GPL-1.0-or-later",
    patterns: ["./usr/share/perl/*.pod"],
    // A table of contents of all others, and tables of characters.
    excluded: ["perltoc.pod", "perluniprops.pod"], cleaner: .pod)

  static let fortunes = PackageSource(
    package: "fortunes", licence: "BSD-4-Clause-UC",
    patterns: ["./usr/share/games/fortunes/*"],
    excluded: [".dat", ".u8", "ascii-art", "translate-me"], cleaner: .fortunes)

  private static func dictionary(_ name: String, licence: String) -> PackageSource {
    PackageSource(
      package: "dict-\(name)", licence: licence,
      patterns: ["./usr/share/dictd/\(name).dict.dz"], cleaner: .dictionary)
  }

  private static func sword(_ package: String, module: String, licence: String) -> PackageSource {
    PackageSource(
      package: package, licence: licence, patterns: ["./usr/share/sword/*"], cleaner: .osis,
      swordModule: module)
  }
}

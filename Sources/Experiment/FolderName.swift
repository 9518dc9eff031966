/// A name that can be one folder's or file's under a root and nothing else: letters, digits, `.`, `-`
/// and `_`, not beginning with `.`, at most 100 of them. No such name leads out of its root, hides, or
/// looks like another.
public struct FolderName: Hashable, Sendable {
  /// What a name is made of, for those who wrote another.
  public static let rule = #"letters, digits, ".", "-" and "_""#

  /// The name.
  public let text: String

  /// `text`, if it can be one.
  public init?(_ text: String) {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, !text.isEmpty, !text.hasPrefix("."), text.utf8.count <= 100 else { return nil }
    self.text = text
  }
}

extension FolderName: CustomStringConvertible {
  public var description: String { text }
}

import Foundation
import GridFile

/// The checkout's presets.
enum PresetFolder {
  static let names = [
    "ling-1t", "ling-28b", "ling-ablation-1024", "ling-ablation-1280", "ling-ablation-384",
    "ling-ablation-512", "ling-ablation-640", "ling-ablation-768", "ling-dense-6.1b",
    "ling-flash-2.0", "ling-mini-2.0", "ling-mini-beta",
  ]

  static let url = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "presets")

  static func preset(_ name: String) throws -> Preset {
    let file = url.appending(path: "\(name).yaml")
    return try PresetFile.decode(String(contentsOf: file, encoding: .utf8), file: file.path)
  }
}

/// The member of `known` that begins with `name`, else the one at the smallest edit distance; the first
/// of equals.
func nearestName(to name: String, in known: [String]) -> String {
  known.first { $0.lowercased().hasPrefix(name.lowercased()) }
    ?? known.min { editDistance($0, name) < editDistance($1, name) } ?? ""
}

/// Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b.lowercased())
  var previous = Array(0...b.count)
  for (i, character) in a.lowercased().enumerated() {
    var current = [i + 1]
    for j in b.indices {
      let substituted = previous[j] + (character == b[j] ? 0 : 1)
      current.append(min(substituted, previous[j + 1] + 1, current[j] + 1))
    }
    previous = current
  }
  return previous[b.count]
}

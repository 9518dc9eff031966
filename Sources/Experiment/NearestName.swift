/// The name in `known` that `text` most likely meant: one that it begins, or else the fewest edits
/// away and no more of them than half the letters; nil when none is near.
public func nearestName(to text: String, in known: [String]) -> String? {
  if text.count >= 3, let longer = known.first(where: { $0.hasPrefix(text) }) { return longer }
  let nearest = known.map { (name: $0, edits: editDistance(text.lowercased(), $0.lowercased())) }
    .min { $0.edits < $1.edits }
  guard let nearest else { return nil }
  return nearest.edits * 2 <= max(text.count, nearest.name.count) ? nearest.name : nil
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b`.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforeLast[j - 1] + 1)
      }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}

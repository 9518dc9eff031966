/// The 95 % score interval of a binomial share (Wilson 1927): the shares that a two-sided test at 5 %
/// does not reject. It stays within [0, 1], and is not empty at either end.
struct WilsonInterval: Equatable {
  let low: Double
  let high: Double

  /// Of `right` out of `count`, which is positive.
  init(_ right: Int, of count: Int) {
    let z = 1.959964
    let n = Double(count)
    let share = Double(right) / n
    let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half =
      z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    low = right == 0 ? 0 : centre - half
    high = right == count ? 1 : centre + half
  }
}

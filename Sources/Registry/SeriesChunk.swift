import GRDB

/// Some points of a series as a row of `loss_chunk` has them.
struct SeriesChunk {
  let firstStep: Int
  let lastStep: Int
  let points: Int
  let steps: String
  let tokens: String
  let values: String

  /// `points` rise and are not none.
  init(_ points: ArraySlice<SeriesPoint>) {
    firstStep = points[points.startIndex].step
    lastStep = points[points.endIndex - 1].step
    self.points = points.count
    steps = ChunkText.encode(points.lazy.map(\.step))
    tokens = ChunkText.encode(points.lazy.map(\.tokens))
    values = ChunkText.encode(points.lazy.map(\.value))
  }

  /// One chunk of several, which follow each other and are not none.
  init(joining chunks: [SeriesChunk]) {
    firstStep = chunks[0].firstStep
    lastStep = chunks[chunks.count - 1].lastStep
    points = chunks.reduce(0) { $0 + $1.points }
    steps = ChunkText.joined(chunks.map(\.steps))
    tokens = ChunkText.joined(chunks.map(\.tokens))
    values = ChunkText.joined(chunks.map(\.values))
  }

  init(_ row: Row) {
    firstStep = row["first_step"]
    lastStep = row["last_step"]
    points = row["points"]
    steps = row["steps"]
    tokens = row["tokens"]
    values = row["values"]
  }
}

extension SeriesPoint {
  /// The points of a row of `loss_chunk`. Throws `.unreadable`.
  static func points(_ row: Row) throws -> [SeriesPoint] {
    let steps = try ChunkText.integers(row["steps"])
    let tokens = try ChunkText.optionalIntegers(row["tokens"])
    let values = try ChunkText.doubles(row["values"])
    guard steps.count == tokens.count, steps.count == values.count else {
      throw RegistryError.unreadable("chunk whose arrays differ in length")
    }
    return steps.indices.map {
      SeriesPoint(step: steps[$0], tokens: tokens[$0], value: values[$0])
    }
  }
}

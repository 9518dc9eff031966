import Experiment
import Foundation
import Wire

/// A run between two steps, in a file: a Safetensors file whose tensors are the weights, both moments
/// and the selection biases, and whose metadata has all else that shapes what comes.
///
/// `sha256` in the metadata is the digest of the whole file with sixty-four zeros in its place.
struct Checkpoint {
  /// The layout that this program writes and reads; another one is refused.
  static let layout = "2"

  /// Metadata names.
  private enum Field {
    static let layout = "orchestrator_checkpoint"
    static let spec = "spec_sha256"
    static let corpus = "corpus_sha256"
    static let digest = "sha256"
    static let state = "state"
    static let environment = "environment."
  }

  private static let noDigest = String(repeating: "0", count: 64)

  /// All but the tensors.
  let state: TrainingState
  /// The environment of the process that wrote it.
  let environment: [String: String]
  private let header: SafetensorsHeader
  private let numbers: Data

  /// Writes the run's state to `url`, durably. Without a `state` it is weights to use, and nothing to
  /// resume from. Throws `CheckpointError.unwritable`.
  static func write(
    _ tensors: [StateTensor], state: TrainingState?, spec: RunSpec, environment: [String: String],
    to url: URL
  ) throws(CheckpointError) {
    var metadata = [
      Field.spec: SHA256.hex(of: spec.canonical), Field.corpus: spec.corpus.sha256,
      Field.digest: noDigest,
    ]
    for (name, value) in environment { metadata[Field.environment + name] = value }
    if let state {
      metadata[Field.layout] = layout
      metadata[Field.state] = state.json
    }
    var header = SafetensorsHeader(
      metadata: metadata, tensors: tensors.map { ($0.name, $0.shape) })
    // The numbers are written as they lie in memory: little-endian, as all of this program's machines.
    let numbers = tensors.map { UnsafeRawBufferPointer($0.values) }
    header.metadata[Field.digest] = digest(header.encoded(), numbers)
    try header.encoded().withUnsafeBytes { bytes in
      Result { () throws(CheckpointError) in
        try DurableFile.write([bytes] + numbers, to: url)
      }
    }.get()
  }

  /// Opens and checks a checkpoint of `spec`'s run. Throws `CheckpointError`.
  init(_ url: URL, of spec: RunSpec) throws(CheckpointError) {
    let (header, numbers) = try Self.read(url, of: spec, layouts: [Self.layout])
    guard let state = header.metadata[Field.state].flatMap(TrainingState.init(json:)) else {
      throw .malformed("it has no training state")
    }
    self.header = header
    self.numbers = numbers
    self.state = state
    environment = Self.environment(in: header.metadata)
  }

  /// Reads a file that was written for `spec`'s run in one of `layouts`, none being that of weights
  /// alone, and checks that it is whole. Throws `CheckpointError`.
  static func read(
    _ url: URL, of spec: RunSpec, layouts: Set<String?>
  ) throws(CheckpointError) -> (header: SafetensorsHeader, numbers: Data) {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw .unreadable(reason: error.localizedDescription)
    }
    let (header, size) = try SafetensorsHeader.decode(bytes)
    let metadata = header.metadata
    guard layouts.contains(metadata[Field.layout]) else {
      throw .version(found: metadata[Field.layout], expected: Self.layout)
    }
    let expected = SHA256.hex(of: spec.canonical)
    guard metadata[Field.spec] == expected else {
      throw .foreign(spec: metadata[Field.spec], expected: expected)
    }
    let numbers = bytes[size...]
    guard isWhole(header, bytes[..<size], numbers) else { throw .damaged }
    return (header, numbers)
  }

  /// The environment that a writer recorded.
  static func environment(in metadata: [String: String]) -> [String: String] {
    metadata.reduce(into: [:]) { environment, field in
      guard field.key.hasPrefix(Field.environment) else { return }
      environment[String(field.key.dropFirst(Field.environment.count))] = field.value
    }
  }

  /// Steps done, of a run's state in `metadata`; nil where there is none.
  static func step(in metadata: [String: String]) -> Int? {
    metadata[Field.state].flatMap(TrainingState.init(json:))?.step
  }

  /// Copies the numbers into `tensors`, which are left as they are unless all fit. Throws
  /// `CheckpointError.tensor`.
  func restore(_ tensors: [StateTensor]) throws(CheckpointError) {
    try Self.copy(header.entries, of: numbers, into: tensors)
  }

  /// Copies the tensors that lie at `entries` in `numbers`; `tensors` are left as they are unless
  /// these are the same by name and shape. Throws `CheckpointError.tensor`.
  static func copy(
    _ entries: [SafetensorsHeader.Entry], of numbers: Data, into tensors: [StateTensor]
  ) throws(CheckpointError) {
    var entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
    var pairs: [(StateTensor, SafetensorsHeader.Entry)] = []
    for tensor in tensors {
      let entry = entries.removeValue(forKey: tensor.name)
      guard let entry, entry.shape == tensor.shape else {
        throw .tensor(tensor.name, found: entry?.shape, expected: tensor.shape)
      }
      pairs.append((tensor, entry))
    }
    if let stranger = entries.values.min(by: { $0.name < $1.name }) {
      throw .tensor(stranger.name, found: stranger.shape, expected: nil)
    }
    numbers.withUnsafeBytes { bytes in
      for (tensor, entry) in pairs {
        UnsafeMutableRawBufferPointer(tensor.values)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[entry.range]))
      }
    }
  }

  private static func digest(_ header: Data, _ numbers: [UnsafeRawBufferPointer]) -> String {
    var hash = SHA256()
    header.withUnsafeBytes { hash.update($0) }
    for piece in numbers { hash.update(piece) }
    return hash.finalize()
  }

  /// Whether the bytes have the digest that they name.
  private static func isWhole(_ header: SafetensorsHeader, _ bytes: Data, _ numbers: Data) -> Bool {
    let field = { (digest: String) in Data("\"\(Field.digest)\":\"\(digest)\"".utf8) }
    var blank = bytes
    guard let digest = header.metadata[Field.digest], let place = blank.range(of: field(digest))
    else { return false }
    blank.replaceSubrange(place, with: field(noDigest))
    return numbers.withUnsafeBytes { Self.digest(blank, [$0]) } == digest
  }
}

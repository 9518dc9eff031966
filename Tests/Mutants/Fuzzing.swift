public import Foundation

/// A decoder under mutants: it refuses each with an error of its own kind, or decodes it to something
/// that is equal to itself after another round. It neither crashes nor takes long.
///
/// Where a mutant ends the process, `FUZZ_KEEP=FOLDER` has it: each is written there before it is
/// decoded.
public struct Fuzzing: Sendable {
  /// What was wrong, with the mutant.
  public private(set) var findings: [String] = []
  /// Mutants that were decoded all the same, and that were refused.
  public private(set) var decoded = 0
  public private(set) var refused = 0

  /// The longest that one may take, debug build and busy machine included.
  private static let patience = Duration.seconds(5)

  /// Tries `count` mutants of `samples`. `again` encodes and decodes once more; `isRefusal` knows the
  /// decoder's own errors.
  public init<Value: Equatable>(
    _ samples: [Data], count: Int, seed: UInt64 = 1,
    decode: (Data) throws -> Value, again: (Value) throws -> Value,
    isRefusal: (any Error) -> Bool
  ) {
    var mutants = Mutants(of: samples, seed: seed)
    let keep = ProcessInfo.processInfo.environment["FUZZ_KEEP"].map { URL(filePath: $0) }
    for sample in samples {
      do {
        let value = try decode(sample)
        if try again(value) != value { findings.append("a sample changes: \(Self.quote(sample))") }
      } catch {
        findings.append("a sample is refused, \(error): \(Self.quote(sample))")
      }
    }
    for _ in 0..<count {
      let mutant = mutants.next()
      if let keep {
        try? mutant.write(to: keep.appending(path: "\(Value.self)".prefix(60) + ".mutant"))
      }
      let start = ContinuousClock.now
      do {
        let value = try decode(mutant)
        decoded += 1
        do {
          if try again(value) != value { findings.append("changes: \(Self.quote(mutant))") }
        } catch {
          findings.append("is not taken again, \(error): \(Self.quote(mutant))")
        }
      } catch  where isRefusal(error) {
        refused += 1
      } catch {
        findings.append("\(type(of: error)) \(error): \(Self.quote(mutant))")
      }
      let time = ContinuousClock.now - start
      if time > Self.patience { findings.append("took \(time): \(Self.quote(mutant))") }
    }
  }

  private static func quote(_ data: Data) -> String {
    let text = String(validating: data, as: UTF8.self)
    return (text ?? data.base64EncodedString()).prefix(2000).debugDescription
  }
}

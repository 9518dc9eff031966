import Experiment
public import Wire

/// A lease whose run's spec is the text that the registry holds: what only hands it on does not read
/// it and write it again, which would be most of the work of a lease.
public struct StoredLease: Hashable, Sendable {
  public var run: Int64
  public var epoch: Int
  /// Canonical JSON of the spec.
  public var spec: String
  /// What of its worker the run may use.
  public var grant: Lease.Grant
  /// The earlier attempts that its worker can resume from.
  public var earlier: [Int]?

  /// The lease, its spec read. Throws `.unreadable`.
  public func decoded() throws -> Lease {
    Lease(
      run: run, epoch: epoch,
      spec: try RunSpec(stored: spec, of: run), grant: grant, earlier: earlier)
  }

  /// The lease as JSON: what encoding the decoded one comes to.
  public func json() throws -> String {
    let grant =
      grant.gpuType == nil
      ? #"{"cpus":\#(grant.cpus),"gpus":\#(grant.gpus)}"# : try JSONText(grant).text
    let earlier =
      earlier.map { #""earlier":[\#($0.map(String.init).joined(separator: ","))],"# } ?? ""
    return #"{\#(earlier)"epoch":\#(epoch),"grant":\#(grant),"run":\#(run),"spec":\#(spec)}"#
  }
}

extension StoredLease {
  /// The body of the reply to a lease request: a `LeaseReply`.
  public static func reply(_ lease: StoredLease?) throws -> String {
    try lease.map { #"{"lease":\#(try $0.json())}"# } ?? "{}"
  }
}

/// How the runs of a grid are queued: what they ask for, and when they may start. It is not part of
/// the grid's identity, and submitting the grid again changes it.
public struct Scheduling: Hashable, Codable, Sendable {
  public var resources: ResourceRequest
  /// Higher goes first; added to the study's.
  public var priority: Int
  /// Seconds that a run may take; none where it is estimated from what was measured.
  public var walltime: Double?
  /// Milliseconds since 1970 before which nothing is leased; 0 for at once.
  public var notBefore: Int64

  public init(
    resources: ResourceRequest = .init(), priority: Int = 0, walltime: Double? = nil,
    notBefore: Int64 = 0
  ) {
    self.resources = resources
    self.priority = priority
    self.walltime = walltime
    self.notBefore = notBefore
  }
}

import Foundation

/// What was done to a cluster, and how long it took.
struct Blows {
  var kills: [Part: Int] = [:]
  /// SIGSTOPs past the lease, each with its SIGCONT.
  var freezes: [Part: Int] = [:]
  /// Daemons and workers that stayed away for longer than a lease.
  var absences = 0
  /// Runs that a person cancelled and put back rather than wait for their pause between tries.
  var hurried = 0
  var duration = Duration.zero

  var killed: Int { kills.values.reduce(0, +) }
}

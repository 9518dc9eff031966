public import ArgumentParser
public import Foundation
import Wire

/// How to prove to a daemon who asks, and to know it again: the same for every program that speaks to
/// one. A token is never an argument, for everybody on a machine may read those.
public struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file with the token, for its owner alone; $ORCHESTRATOR_TOKEN_FILE, else the token itself "
        + "in $ORCHESTRATOR_TOKEN.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "A PEM file with the authority behind the daemon's certificate; $ORCHESTRATOR_CA.",
      valueName: "file"))
  var ca: String?

  @Option(
    help: ArgumentHelp(
      "A PEM file with this side's certificate; $ORCHESTRATOR_CERT.", valueName: "file"))
  var cert: String?

  @Option(
    help: ArgumentHelp(
      "A PEM file with the key of that certificate; $ORCHESTRATOR_KEY.", valueName: "file"))
  var key: String?

  /// Nothing but what the environment says.
  public init() {}

  /// What in a program's environment is a secret or leads to one: nothing that it starts gets these.
  public static let secretVariables = [
    "ORCHESTRATOR_TOKEN", "ORCHESTRATOR_TOKEN_FILE", "ORCHESTRATOR_CERT", "ORCHESTRATOR_KEY",
  ]

  /// How to reach the daemon at `address`. Throws `CredentialFault`.
  public func configuration(
    _ address: DaemonAddress, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(CredentialFault) -> ClientConfiguration {
    let certificate = cert ?? environment["ORCHESTRATOR_CERT"]
    let key = key ?? environment["ORCHESTRATOR_KEY"]
    guard (certificate == nil) == (key == nil) else { throw .halfCertificate }
    let token = try token(environment)
    if token != nil, !address.isPrivate { throw .plainHTTP(address) }
    return ClientConfiguration(
      address: address, token: token, authority: ca ?? environment["ORCHESTRATOR_CA"],
      certificate: certificate, key: key)
  }

  private func token(_ environment: [String: String]) throws(CredentialFault) -> BearerToken? {
    if let path = tokenFile ?? environment["ORCHESTRATOR_TOKEN_FILE"] {
      return try Credentials.token(inFile: path)
    }
    guard let text = environment["ORCHESTRATOR_TOKEN"], !text.isEmpty else { return nil }
    return try Credentials.token(text, from: "ORCHESTRATOR_TOKEN")
  }
}

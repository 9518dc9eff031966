import Foundation
import Testing

/// An authority and what it signs, made by the `openssl` program as docs/security.md says.
struct Certificates {
  let folder: URL

  init(in folder: URL) throws {
    self.folder = folder
    try openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority "
        + "-keyout ca.key -out ca.pem")
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// `NAME.pem` and `NAME.key`, signed by the authority, for this machine.
  func sign(_ name: String) throws {
    try openssl(
      "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) "
        + "-keyout \(name).key -out \(name).csr")
    try Data("subjectAltName=DNS:localhost,IP:127.0.0.1\n".utf8)
      .write(to: folder.appending(path: "names.txt"))
    try openssl(
      "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        + "-extfile names.txt -out \(name).pem")
  }

  private func openssl(_ arguments: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments)")
  }
}

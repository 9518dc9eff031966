import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the daemon's certificate again on SIGHUP, which is how those who renew one ask for it.
struct CertificateRenewal: Service {
  var certificate: ServerCertificate
  var log: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      do {
        try certificate.renew()
        log.notice("certificate read again")
      } catch {
        log.error("certificate not read again: the old one stays", metadata: ["reason": "\(error)"])
      }
    }
  }
}

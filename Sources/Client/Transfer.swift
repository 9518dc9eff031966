import CCurl
import Foundation
import Wire

/// One HTTP request as libcurl needs it.
struct HTTPRequest: Sendable {
  var method: String
  var url: String
  var body: Data?
  /// From start to end; zero: as long as something arrives.
  var timeout: Duration
  /// Further header lines, as `Name: value`.
  var headers: [String] = []
  /// Bytes of the reply that are kept.
  var replyLimit = Int.max
  /// Takes the body of a reply that does not refuse.
  var file: DownloadFile?
}

/// A reply that arrived whole.
struct HTTPResponse: Sendable {
  var status: Int
  var body: Data
}

/// A request under way: an easy handle and what it points to. It is used by one thread at a time:
/// the task that makes it, then the transfer loop's.
final class Transfer: @unchecked Sendable {
  typealias Completion = @Sendable (Result<HTTPResponse, ClientError>) -> Void

  let handle: UnsafeMutableRawPointer
  private let request: HTTPRequest
  private let complete: Completion
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var received = Data()
  /// libcurl's own words about what went wrong.
  private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  init(_ request: HTTPRequest, _ configuration: ClientConfiguration, complete: @escaping Completion)
  {
    self.request = request
    self.complete = complete
    handle = curl_easy_init()
    reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setUp(configuration)
    setUpBody(token: configuration.token)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    reason.deallocate()
  }

  /// Reports the end of the transfer to whoever asked.
  func finish(_ code: CURLcode) {
    guard code == CURLE_OK else {
      return complete(.failure(failure(code)))
    }
    complete(.success(HTTPResponse(status: status, body: received)))
  }

  private func failure(_ code: CURLcode) -> ClientError {
    let detail = String(cString: reason)
    let reason = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    // What no repetition mends: a certificate, an authority or a key that the other side refuses.
    let isLasting = [
      CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
    ].contains(code)
    return isLasting || reason.contains("certificate required")
      ? .untrusted(url: request.url, reason: reason)
      : .unreachable(url: request.url, reason: reason)
  }

  func cancel() { complete(.failure(.cancelled)) }

  private func setUp(_ configuration: ClientConfiguration) {
    // Timeouts by signal would hit the whole process.
    ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    ccurl_set_string(handle, CURLOPT_URL, request.url)
    ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
    ccurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, reason)
    ccurl_set_long(
      handle, CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(configuration.connectTimeout))
    ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Self.milliseconds(request.timeout))
    if request.timeout == .zero {
      ccurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
      ccurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, 30)
    }
    if case .socket(let path) = configuration.address {
      ccurl_set_string(handle, CURLOPT_UNIX_SOCKET_PATH, path)
    }
    if configuration.address.isLocal { ccurl_set_string(handle, CURLOPT_PROXY, "") }
    let files = [
      (CURLOPT_CAINFO, configuration.authority), (CURLOPT_SSLCERT, configuration.certificate),
      (CURLOPT_SSLKEY, configuration.key),
    ]
    for case (let option, let path?) in files { ccurl_set_string(handle, option, path) }
    ccurl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
    ccurl_set_writer(handle) { bytes, size, count, context in
      let transfer = Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
      let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return transfer.take(piece) ? piece.count : 0
    }
  }

  /// Takes the next piece of the body; false ends the transfer.
  private func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    if let file = request.file, (200..<300).contains(status) {
      return file.take(piece, status: status)
    }
    received.append(contentsOf: piece.prefix(request.replyLimit - received.count))
    return true
  }

  private var status: Int {
    var status = 0
    ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return status
  }

  private func setUpBody(token: BearerToken?) {
    var lines = ["Accept: application/json"] + request.headers
    if let token { lines.append("Authorization: Bearer \(token.secret)") }
    if let body = request.body {
      // Without `Expect:` libcurl waits a second for a 100 Continue before a large body.
      lines += ["Content-Type: application/json", "Expect:"]
      ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
      body.withUnsafeBytes { bytes in
        _ = ccurl_set_pointer(
          handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      }
    }
    for line in lines { headers = curl_slist_append(headers, line) }
    ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers)
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    Int(duration / .milliseconds(1))
  }
}

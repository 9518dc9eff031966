import Foundation
import Logging
import Logs
import Synchronization
import Testing

@Suite("The log as JSON lines")
struct JSONLogTests {
  @Test("an entry is one line with time, level, label, message and metadata")
  func golden() {
    let lines = Mutex("")
    var log = Logger(label: "orchestrator") { label in
      JSONLogHandler(
        label: label, now: { Date(timeIntervalSince1970: 1_700_000_000.25) },
        write: { line in lines.withLock { $0 += String(decoding: line, as: UTF8.self) } })
    }
    log.logLevel = .info
    log[metadataKey: "study"] = "s"
    log.debug("not this")
    log.warning("two\nlines, \"quoted\"", metadata: ["runs": ["1", "2"], "at": ["host": "h"]])
    log.info("plain", metadata: ["study": "t"])
    #expect(
      lines.withLock { $0 } == #"""
        {"label":"orchestrator","level":"warning","message":"two\nlines, \"quoted\"",\#
        "metadata":{"at":{"host":"h"},"runs":["1","2"],"study":"s"},"time":"2023-11-14T22:13:20.250Z"}
        {"label":"orchestrator","level":"info","message":"plain","metadata":{"study":"t"},\#
        "time":"2023-11-14T22:13:20.250Z"}

        """#)
  }
}

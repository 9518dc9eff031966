/// What a write is for.
enum WriteLane: Sendable {
  /// Leases, outcomes, submissions, cancellations: what workers and people wait for.
  case control
  /// Reports: the lease's heartbeat and what was measured.
  case metrics
}

/// What waits to be written, in the order in which it is served.
///
/// Control goes before metrics, but every fourth place is a metric's: however long the queue of
/// control is, a heartbeat gets through before its lease lapses. Both lanes are bounded.
struct WriteQueue<Element: Sendable>: Sendable {
  /// The load of one request beside the events that it carries.
  static var requestLoad: Int { 100 }
  /// The most load that a lane holds.
  let capacity: Int

  private struct Lane: Sendable {
    private var waiting: [(element: Element, load: Int)] = []
    /// Those before it are served.
    private var head = 0
    private var load = 0

    var count: Int { waiting.count - head }

    mutating func append(_ element: Element, events: Int, capacity: Int) -> Bool {
      let load = WriteQueue.requestLoad + events
      guard count == 0 || self.load + load <= capacity else { return false }
      waiting.append((element, load))
      self.load += load
      return true
    }

    mutating func next() -> Element? {
      guard head < waiting.count else { return nil }
      let (element, load) = waiting[head]
      head += 1
      self.load -= load
      // What is served is let go of now and then, not each time: that moves the rest.
      if head == waiting.count || head >= 1024 {
        waiting.removeFirst(head)
        head = 0
      }
      return element
    }
  }

  private var control = Lane()
  private var metrics = Lane()
  private var turn = 0

  init(capacity: Int = Registry.defaultQueueCapacity) { self.capacity = capacity }

  /// How many requests wait.
  var count: Int { control.count + metrics.count }

  /// Adds a request that carries `events`; whether there is room for it. An empty lane takes any.
  mutating func append(_ element: Element, to lane: WriteLane, events: Int) -> Bool {
    switch lane {
    case .control: control.append(element, events: events, capacity: capacity)
    case .metrics: metrics.append(element, events: events, capacity: capacity)
    }
  }

  /// The request that is next; none when none waits.
  mutating func next() -> Element? {
    turn = (turn + 1) % 4
    if turn == 0 { return metrics.next() ?? control.next() }
    return control.next() ?? metrics.next()
  }
}

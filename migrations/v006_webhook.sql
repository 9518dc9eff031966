-- Who is told of events over HTTP. Deliveries follow the event table in its order, each at least
-- once: `sequence` is the last event that is dealt with, so a daemon that is killed between a
-- delivery and its commit delivers that event again.
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL,
  events TEXT NOT NULL,                 -- JSON array of event kinds
  secret_file TEXT,                     -- on the daemon's machine: the key itself is not kept here
  created_at INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0, -- events that were taken
  delivered_at INTEGER,                 -- the last of them
  failures INTEGER NOT NULL DEFAULT 0,  -- tries in a row at the next one
  failing_since INTEGER,
  next_at INTEGER,                      -- not tried again before
  problem TEXT,                         -- why the last try failed, for people
  set_aside_at INTEGER,                 -- given up until a person resumes it
  CONSTRAINT webhook_url_is_http CHECK (url LIKE 'http://%' OR url LIKE 'https://%'),
  CONSTRAINT webhook_events_are_json CHECK (json_valid(events) AND json_type(events) = 'array'),
  CONSTRAINT webhook_failing_has_reason CHECK (
    (failures > 0) = (failing_since IS NOT NULL)
    AND (failures > 0) = (next_at IS NOT NULL)
    AND (failures > 0) = (problem IS NOT NULL)),
  CONSTRAINT webhook_set_aside_has_failed CHECK (set_aside_at IS NULL OR failures > 0),
  CONSTRAINT webhook_counts_not_negative CHECK (sequence >= 0 AND delivered >= 0 AND failures >= 0)
) STRICT;

-- Bearer tokens: who may do what over HTTP. The secret itself is shown once and kept nowhere; its
-- digest is enough to know it again. A revoked token stays, so that its holder is told so, and its
-- name may be given again.
CREATE TABLE token (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,          -- of the whole text of the token
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER,                      -- when it was last used, to the minute
  revoked_at INTEGER,
  CONSTRAINT token_name_not_empty CHECK (name <> ''),
  CONSTRAINT token_role_known CHECK (role IN ('admin', 'submit', 'read', 'worker')),
  CONSTRAINT token_is_hashed CHECK (length(sha256) = 64),
  CONSTRAINT token_expires_later CHECK (expires_at > created_at)
) STRICT;

CREATE UNIQUE INDEX token_in_force ON token (name) WHERE revoked_at IS NULL;

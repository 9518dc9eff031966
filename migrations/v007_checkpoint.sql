-- What attempts left to resume from, and who can read it. A run folder has an identity of its own, the
-- same on every node that sees it: a file in it. A folder that is not shared is one node's alone.
ALTER TABLE worker ADD COLUMN node TEXT;             -- host and machine; none from older programs
ALTER TABLE worker ADD COLUMN run_folder TEXT;       -- identity of the folder that it works in
ALTER TABLE worker ADD COLUMN run_folder_shared INTEGER NOT NULL DEFAULT 0
  CONSTRAINT worker_run_folder_shared_is_boolean CHECK (run_folder_shared IN (0, 1));

-- The newest checkpoint of each attempt, written by a report of that attempt while its lease lived: a
-- checkpoint counts once it is here, and then every loss before it is recorded as well.
CREATE TABLE checkpoint (
  run_id INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  path TEXT NOT NULL,                   -- relative to the attempt's folder
  node TEXT NOT NULL,
  run_folder TEXT NOT NULL,
  shared INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, epoch),
  CONSTRAINT checkpoint_step_not_negative CHECK (step >= 0),
  CONSTRAINT checkpoint_shared_is_boolean CHECK (shared IN (0, 1)),
  FOREIGN KEY (run_id, epoch) REFERENCES attempt (run_id, epoch)
) STRICT, WITHOUT ROWID;

-- What the runs that have not finished can be resumed from.
CREATE VIEW checkpoints AS
SELECT
  checkpoint.run_id AS run,
  checkpoint.epoch,
  checkpoint.step,
  checkpoint.path,
  iif(checkpoint.shared, NULL, checkpoint.node) AS node,
  attempt.worker_id AS worker,
  checkpoint.recorded_at
FROM checkpoint
JOIN attempt USING (run_id, epoch)
JOIN run ON run.id = checkpoint.run_id
WHERE run.state NOT IN ('finished', 'diverged');

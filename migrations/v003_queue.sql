-- The queue of a cluster: what runs ask for, what workers offer, who is served next, what was spent,
-- and why attempts end. None of this is part of what a run is; it may change while a run waits.

-- How a study shares the cluster, and what it holds and has spent. The sums are those over its
-- attempts, kept beside them so that a lease need not add them up.
CREATE TABLE study_queue (
  study_id INTEGER PRIMARY KEY REFERENCES study (id),
  paused INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 0,
  weight REAL NOT NULL DEFAULT 1,
  max_concurrent INTEGER,
  budget_flops REAL,
  budget_gpu_seconds REAL,
  running INTEGER NOT NULL DEFAULT 0,   -- attempts that go on
  held INTEGER NOT NULL DEFAULT 0,      -- what they hold, in slots: a GPU counts as 16
  held_gpus INTEGER NOT NULL DEFAULT 0,
  held_flops REAL NOT NULL DEFAULT 0,   -- C of their runs
  used REAL NOT NULL DEFAULT 0,         -- slot-seconds as of used_at, half of them forgotten an hour
  used_at INTEGER NOT NULL DEFAULT 0,
  spent_flops REAL NOT NULL DEFAULT 0,  -- by the attempts that have ended
  spent_gpu_seconds REAL NOT NULL DEFAULT 0, -- up to used_at, by those that go on as well
  CONSTRAINT study_queue_paused_is_boolean CHECK (paused IN (0, 1)),
  CONSTRAINT study_queue_weight_positive CHECK (weight > 0),
  CONSTRAINT study_queue_limits_not_negative CHECK (
    coalesce(max_concurrent, 0) >= 0 AND coalesce(budget_flops, 0) >= 0
    AND coalesce(budget_gpu_seconds, 0) >= 0),
  CONSTRAINT study_queue_sums_not_negative CHECK (running >= 0 AND held >= 0 AND held_gpus >= 0)
) STRICT;

CREATE TRIGGER study_has_queue AFTER INSERT ON study
BEGIN
  INSERT INTO study_queue (study_id, used_at) VALUES (new.id, new.created_at);
END;

-- What every run of a grid asks for, and when.
CREATE TABLE grid_queue (
  grid_id INTEGER PRIMARY KEY REFERENCES grid (id),
  paused INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  walltime REAL,                        -- seconds that a run may take; none: it is estimated
  cpus INTEGER NOT NULL DEFAULT 1,
  gpus INTEGER NOT NULL DEFAULT 0,      -- all of one type
  gpu_type TEXT,                        -- none: any
  memory INTEGER NOT NULL DEFAULT 0,    -- bytes
  nodes INTEGER NOT NULL DEFAULT 1,
  labels TEXT NOT NULL DEFAULT '[]',    -- JSON array: what the worker has to be labelled with
  last_class INTEGER,                   -- of its classes, which are numbered in a row
  CONSTRAINT grid_queue_paused_is_boolean CHECK (paused IN (0, 1)),
  CONSTRAINT grid_queue_counts_in_range
    CHECK (cpus >= 1 AND gpus >= 0 AND memory >= 0 AND nodes >= 1 AND not_before >= 0),
  CONSTRAINT grid_queue_walltime_positive CHECK (walltime IS NULL OR walltime > 0),
  CONSTRAINT grid_queue_labels_are_json CHECK (json_valid(labels))
) STRICT;

CREATE TRIGGER grid_has_queue AFTER INSERT ON grid
BEGIN
  INSERT INTO grid_queue (grid_id) VALUES (new.id);
END;

-- Runs that are alike to the queue: of one grid, one family and one budget, so that they ask for
-- the same and take about as long. A lease looks at the first run of each class, not at all runs.
CREATE TABLE queue_class (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES study (id),
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  family TEXT NOT NULL,
  budget REAL NOT NULL,
  trainer TEXT NOT NULL,
  is_dense INTEGER NOT NULL,
  work REAL NOT NULL,                   -- FLOPs of its largest run, logits and router included
  speed REAL,                           -- FLOPs a second of the last attempts that finished
  passed_since INTEGER,                 -- when a worker first took a later run for want of room
  reserved_for TEXT REFERENCES worker (id), -- the worker that is kept free for it
  UNIQUE (grid_id, family, budget),
  CONSTRAINT queue_class_work_positive CHECK (work >= 0 AND coalesce(speed, 1) > 0)
) STRICT;

CREATE INDEX queue_class_measured ON queue_class (id) WHERE speed IS NOT NULL;

-- A host whose workers fail before they train is set aside.
CREATE TABLE node (
  host TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,            -- in a row, of different runs
  last_run INTEGER NOT NULL REFERENCES run (id),
  reason TEXT NOT NULL,
  set_aside_at INTEGER,
  set_aside_until INTEGER,
  CONSTRAINT node_set_aside_has_end CHECK ((set_aside_at IS NULL) = (set_aside_until IS NULL))
) STRICT, WITHOUT ROWID;

ALTER TABLE worker ADD COLUMN gpus TEXT NOT NULL DEFAULT '{}';      -- JSON object: type -> count
ALTER TABLE worker ADD COLUMN memory INTEGER NOT NULL DEFAULT 0;    -- bytes
ALTER TABLE worker ADD COLUMN nodes INTEGER NOT NULL DEFAULT 1;
ALTER TABLE worker ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';    -- JSON array
ALTER TABLE worker ADD COLUMN trainers TEXT NOT NULL DEFAULT '["native"]'; -- JSON array
ALTER TABLE worker ADD COLUMN walltime_end INTEGER;                 -- when its allocation ends

DROP INDEX run_queue;
ALTER TABLE run DROP COLUMN priority;
ALTER TABLE run ADD COLUMN class_id INTEGER REFERENCES queue_class (id);
ALTER TABLE run ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;   -- pause between retries

-- What an attempt holds, whom it is charged to, and what it came to.
ALTER TABLE attempt ADD COLUMN study_id INTEGER REFERENCES study (id);
ALTER TABLE attempt ADD COLUMN cpus INTEGER NOT NULL DEFAULT 1;
ALTER TABLE attempt ADD COLUMN gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN gpu_type TEXT;
ALTER TABLE attempt ADD COLUMN memory INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN flops REAL;                          -- trained, once it has ended
ALTER TABLE attempt ADD COLUMN failure TEXT;                        -- class, where it did not finish

-- Each class in the order in which it is served, and what each worker holds.
CREATE INDEX run_queue ON run (class_id, not_before, id) WHERE state = 'queued';
CREATE INDEX run_due ON run (not_before) WHERE state = 'queued' AND not_before > 0;
CREATE INDEX attempt_open ON attempt (worker_id, gpu_type, cpus, gpus, memory)
WHERE ended_at IS NULL;

INSERT INTO study_queue (study_id, used_at) SELECT id, created_at FROM study;
INSERT INTO grid_queue (grid_id) SELECT id FROM grid;

-- A run that several grids asked for belongs to the first of them.
INSERT INTO queue_class (study_id, grid_id, family, budget, trainer, is_dense, work)
SELECT grid.study_id, grid.id, grid_run.family, coalesce(grid_run.budget, run.flops, 0.0),
  run.spec ->> '$.trainer', run.spec ->> '$.architecture.experts' = 0,
  max(3 * run.forward_flops_with_logits * run.tokens)
FROM run
JOIN grid_run ON grid_run.run_id = run.id
JOIN grid ON grid.id = grid_run.grid_id
WHERE run.state NOT IN ('finished', 'diverged')
  AND grid.id = (SELECT min(grid_id) FROM grid_run AS asked WHERE asked.run_id = run.id)
GROUP BY grid.id, grid_run.family, coalesce(grid_run.budget, run.flops, 0.0)
ORDER BY grid.id, min(grid_run.position);

UPDATE grid_queue SET last_class = (
  SELECT max(id) FROM queue_class WHERE queue_class.grid_id = grid_queue.grid_id);

UPDATE run SET class_id = (
  SELECT queue_class.id
  FROM grid_run
  JOIN queue_class ON queue_class.grid_id = grid_run.grid_id
    AND queue_class.family = grid_run.family
    AND queue_class.budget = coalesce(grid_run.budget, run.flops, 0.0)
  WHERE grid_run.run_id = run.id
  ORDER BY grid_run.grid_id, grid_run.position
  LIMIT 1)
WHERE state NOT IN ('finished', 'diverged');

UPDATE attempt SET study_id = (SELECT study_id FROM run WHERE run.id = attempt.run_id);
UPDATE study_queue SET
  running = (SELECT count(*) FROM attempt
    WHERE attempt.study_id = study_queue.study_id AND ended_at IS NULL),
  held = (SELECT count(*) FROM attempt
    WHERE attempt.study_id = study_queue.study_id AND ended_at IS NULL),
  held_flops = (SELECT coalesce(sum(run.flops), 0.0) FROM attempt JOIN run ON run.id = attempt.run_id
    WHERE attempt.study_id = study_queue.study_id AND ended_at IS NULL);

-- What each attempt cost, and whom.
CREATE VIEW ledger AS
SELECT
  study.name AS study,
  attempt.run_id AS run,
  attempt.epoch,
  attempt.worker_id AS worker,
  attempt.leased_at,
  attempt.ended_at,
  attempt.outcome,
  attempt.failure,
  attempt.cpus,
  attempt.gpus,
  attempt.gpu_type,
  attempt.flops,
  attempt.cpus * (attempt.ended_at - attempt.leased_at) / 3.6e6 AS cpu_hours,
  attempt.gpus * (attempt.ended_at - attempt.leased_at) / 3.6e6 AS gpu_hours
FROM attempt
JOIN study ON study.id = attempt.study_id;

-- What waits, by class: runs of one grid, one family and one budget.
CREATE VIEW queue AS
SELECT
  study.name AS study,
  grid.name AS grid,
  queue_class.grid_id,
  queue_class.family,
  queue_class.budget,
  (SELECT count(*) FROM run WHERE run.state = 'queued' AND run.class_id = queue_class.id) AS queued,
  study_queue.priority + grid_queue.priority AS priority,
  study_queue.weight,
  study_queue.paused OR grid_queue.paused AS paused,
  grid_queue.not_before,
  grid_queue.cpus,
  grid_queue.gpus,
  grid_queue.gpu_type,
  grid_queue.memory,
  grid_queue.nodes,
  grid_queue.labels,
  queue_class.trainer,
  coalesce(grid_queue.walltime, queue_class.work / queue_class.speed) AS seconds
FROM queue_class
JOIN study ON study.id = queue_class.study_id
JOIN study_queue ON study_queue.study_id = queue_class.study_id
JOIN grid ON grid.id = queue_class.grid_id
JOIN grid_queue ON grid_queue.grid_id = queue_class.grid_id
WHERE queue_class.grid_id NOT IN (SELECT grid_id FROM staged_range)
  AND EXISTS (SELECT 1 FROM run WHERE run.state = 'queued' AND run.class_id = queue_class.id);

-- The hosts that have failed lately, and until when they are set aside.
CREATE VIEW nodes AS
SELECT host, failures, last_run AS run, reason, set_aside_at, set_aside_until FROM node;

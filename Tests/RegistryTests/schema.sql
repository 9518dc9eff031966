-- table study
CREATE TABLE study (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  CONSTRAINT study_name_not_empty CHECK (name <> '')
) STRICT;

-- table grid
CREATE TABLE grid (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES study (id),
  name TEXT NOT NULL,
  source TEXT NOT NULL,                 -- canonical JSON of the parsed grid
  source_sha256 TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  text TEXT NOT NULL,                   -- the file as it was submitted; empty for an import
  state TEXT NOT NULL,
  settings TEXT NOT NULL,               -- family -> quantity -> the law that its runs were set by
  fits TEXT NOT NULL DEFAULT '[]',      -- JSON array: what is fitted when every run has ended
  settled_at INTEGER,                   -- when that was done
  problem TEXT,                         -- why it could not be fitted or expanded, for people
  created_at INTEGER NOT NULL,
  UNIQUE (source_sha256, revision),
  CONSTRAINT grid_state_known CHECK (state IN ('blocked', 'open')),
  CONSTRAINT grid_source_is_json CHECK (json_valid(source)),
  CONSTRAINT grid_settings_are_json CHECK (json_valid(settings)),
  CONSTRAINT grid_fits_are_json CHECK (json_valid(fits)),
  CONSTRAINT grid_blocked_is_not_settled CHECK (state = 'open' OR settled_at IS NULL)
) STRICT;

-- index grid_by_study
CREATE INDEX grid_by_study ON grid (study_id);

-- index grid_unsettled
CREATE INDEX grid_unsettled ON grid (id) WHERE state = 'blocked' OR (settled_at IS NULL AND fits <> '[]');

-- table grid_wait
CREATE TABLE grid_wait (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  law TEXT NOT NULL,                    -- its name, as 'learning_rate/moe'
  source_id INTEGER NOT NULL REFERENCES grid (id), -- the grid whose runs it is fitted to
  PRIMARY KEY (grid_id, law)
) STRICT, WITHOUT ROWID;

-- table worker
CREATE TABLE worker (
  id TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  slots INTEGER NOT NULL,
  version TEXT NOT NULL,
  joined_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  left_at INTEGER, gpus TEXT NOT NULL DEFAULT '{}', memory INTEGER NOT NULL DEFAULT 0, nodes INTEGER NOT NULL DEFAULT 1, labels TEXT NOT NULL DEFAULT '[]', trainers TEXT NOT NULL DEFAULT '["native"]', walltime_end INTEGER, node TEXT, run_folder TEXT, run_folder_shared INTEGER NOT NULL DEFAULT 0
  CONSTRAINT worker_run_folder_shared_is_boolean CHECK (run_folder_shared IN (0, 1)),
  CONSTRAINT worker_has_slots CHECK (slots > 0)
) STRICT, WITHOUT ROWID;

-- table run
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  spec TEXT,
  spec_sha256 TEXT UNIQUE,
  import_sha256 TEXT UNIQUE,            -- of all that is known of an imported run: its identity
  extra TEXT,                           -- JSON object: what else is known of an imported run
  study_id INTEGER NOT NULL REFERENCES study (id),   -- the study that first asked for it

  -- What the spec implies, so that SQL needs no arithmetic. N counts exclude the vocabulary.
  parameters INTEGER,                   -- N
  active_parameters INTEGER,            -- N_a
  tokens INTEGER,                       -- D
  flops_per_token REAL,                 -- M: training, 3 x forward, no embedding, logits or router
  forward_flops_with_logits REAL,       -- forward, a token, logits and router included
  flops REAL,                           -- C = M D
  activation_ratio REAL,                -- A, routed: E_a / E; 1 for a dense model
  granularity REAL,                     -- G = 2 d_model / d_expert
  shared_ratio REAL,                    -- S = E_s / (E_a + E_s)
  dense_ratio REAL,                     -- dense layers over layers
  attention_share REAL,                 -- attention FLOPs over M
  batch_tokens INTEGER,                 -- B
  learning_rate REAL,                   -- peak
  seed INTEGER,

  state TEXT NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,     -- rises with each lease and fences what came before
  failures INTEGER NOT NULL DEFAULT 0,  -- spends the retry budget
  lost_leases INTEGER NOT NULL DEFAULT 0, -- workers that vanished with it; costs no retry
  queued_at INTEGER NOT NULL,
  worker_id TEXT REFERENCES worker (id),
  lease_expires_at INTEGER,

  finished_at INTEGER,
  loss REAL,                            -- training loss at the end
  validation_loss REAL,
  bits_per_byte REAL,                   -- validation
  data_epochs REAL,                     -- D over the tokens of the training text: above 1, some repeat
  train_seconds REAL,
  train_cpu_seconds REAL,
  failure TEXT,                         -- class of the last failure
  message TEXT, class_id INTEGER REFERENCES queue_class (id), not_before INTEGER NOT NULL DEFAULT 0,                         -- why it failed or diverged, for people

  CONSTRAINT run_source_known CHECK (source IN ('trained', 'imported')),
  CONSTRAINT run_state_known
    CHECK (state IN ('queued', 'leased', 'finished', 'diverged', 'failed', 'cancelled')),
  CONSTRAINT run_trained_has_spec CHECK (source = 'imported' OR spec IS NOT NULL),
  CONSTRAINT run_spec_is_hashed CHECK ((spec IS NULL) = (spec_sha256 IS NULL)),
  CONSTRAINT run_spec_is_json CHECK (spec IS NULL OR json_valid(spec)),
  CONSTRAINT run_imported_is_hashed CHECK ((source = 'imported') = (import_sha256 IS NOT NULL)),
  CONSTRAINT run_extra_is_json CHECK (extra IS NULL OR json_valid(extra)),
  CONSTRAINT run_imported_is_finished CHECK (source = 'trained' OR state = 'finished'),
  CONSTRAINT run_leased_has_worker CHECK ((state = 'leased') = (worker_id IS NOT NULL)),
  CONSTRAINT run_leased_expires CHECK ((state = 'leased') = (lease_expires_at IS NOT NULL)),
  CONSTRAINT run_finished_has_loss
    CHECK (state <> 'finished' OR coalesce(loss, validation_loss, bits_per_byte) IS NOT NULL),
  CONSTRAINT run_ended_has_time
    CHECK ((state IN ('queued', 'leased')) = (finished_at IS NULL)),
  CONSTRAINT run_counts_not_negative
    CHECK (epoch >= 0 AND failures >= 0 AND lost_leases >= 0)
) STRICT;

-- index run_leases
CREATE INDEX run_leases ON run (lease_expires_at) WHERE state = 'leased';

-- table grid_run
CREATE TABLE grid_run (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  position INTEGER NOT NULL,            -- order of expansion
  run_id INTEGER NOT NULL REFERENCES run (id),
  family TEXT NOT NULL,
  budget REAL,                          -- the C that was asked for; none known for some imports
  point TEXT NOT NULL,                  -- JSON object: axis -> value asked for
  flops_error REAL NOT NULL,            -- realised M over the target, minus one
  flags TEXT NOT NULL,                  -- JSON array: extrapolated laws and the like
  PRIMARY KEY (grid_id, position),
  CONSTRAINT grid_run_point_is_json CHECK (json_valid(point)),
  CONSTRAINT grid_run_flags_are_json CHECK (json_valid(flags))
) STRICT, WITHOUT ROWID;

-- index grid_run_by_run
CREATE INDEX grid_run_by_run ON grid_run (run_id);

-- table attempt
CREATE TABLE attempt (
  run_id INTEGER NOT NULL REFERENCES run (id),
  epoch INTEGER NOT NULL,
  worker_id TEXT NOT NULL REFERENCES worker (id),
  request TEXT NOT NULL UNIQUE,
  leased_at INTEGER NOT NULL,
  started_at INTEGER,
  first_step INTEGER,                   -- steps done by the checkpoint that it began from
  environment TEXT,                     -- JSON: instruction set, library versions
  sequence INTEGER NOT NULL DEFAULT 0,  -- last report accepted
  ended_at INTEGER,
  outcome TEXT,
  message TEXT, study_id INTEGER REFERENCES study (id), cpus INTEGER NOT NULL DEFAULT 1, gpus INTEGER NOT NULL DEFAULT 0, gpu_type TEXT, memory INTEGER NOT NULL DEFAULT 0, flops REAL, failure TEXT,
  PRIMARY KEY (run_id, epoch),
  CONSTRAINT attempt_outcome_known CHECK (
    outcome IN ('finished', 'diverged', 'failed', 'cancelled', 'released', 'lost')),
  CONSTRAINT attempt_ended_has_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT attempt_environment_is_json CHECK (environment IS NULL OR json_valid(environment))
) STRICT, WITHOUT ROWID;

-- table loss_chunk
CREATE TABLE loss_chunk (
  run_id INTEGER NOT NULL REFERENCES run (id),
  metric TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER NOT NULL,
  points INTEGER NOT NULL,
  sealed INTEGER NOT NULL DEFAULT 0,
  steps TEXT NOT NULL,
  tokens TEXT NOT NULL,
  "values" TEXT NOT NULL,
  PRIMARY KEY (run_id, metric, epoch, first_step),
  CONSTRAINT loss_chunk_in_order CHECK (first_step <= last_step AND points > 0),
  CONSTRAINT loss_chunk_sealed_is_boolean CHECK (sealed IN (0, 1)),
  FOREIGN KEY (run_id, epoch) REFERENCES attempt (run_id, epoch)
) STRICT, WITHOUT ROWID;

-- table law
CREATE TABLE law (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES study (id),
  name TEXT NOT NULL,                   -- what it predicts, as 'dense-loss'
  form TEXT NOT NULL,                   -- its functional form, as 'power-law'
  parameters TEXT NOT NULL,             -- JSON array of {name, value, low, high}
  warnings TEXT NOT NULL,               -- JSON array
  input_sha256 TEXT NOT NULL,           -- of the runs and options behind it
  detail TEXT NOT NULL DEFAULT '{}',    -- JSON: ranges, residuals and how good the fit is
  grid_id INTEGER REFERENCES grid (id), -- the grid that it was fitted to; none for the whole study
  created_at INTEGER NOT NULL,
  UNIQUE (study_id, name, input_sha256),
  CONSTRAINT law_detail_is_json CHECK (json_valid(detail)),
  CONSTRAINT law_parameters_are_json CHECK (json_valid(parameters)),
  CONSTRAINT law_warnings_are_json CHECK (json_valid(warnings))
) STRICT;

-- table law_run
CREATE TABLE law_run (
  law_id INTEGER NOT NULL REFERENCES law (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  PRIMARY KEY (law_id, run_id)
) STRICT, WITHOUT ROWID;

-- table grid_law
CREATE TABLE grid_law (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  family TEXT NOT NULL,
  quantity TEXT NOT NULL,
  law_id INTEGER NOT NULL REFERENCES law (id),
  PRIMARY KEY (grid_id, family, quantity),
  CONSTRAINT grid_law_quantity_known CHECK (quantity IN ('M', 'learning_rate', 'batch_tokens'))
) STRICT, WITHOUT ROWID;

-- table leverage_estimate
CREATE TABLE leverage_estimate (
  law_id INTEGER NOT NULL REFERENCES law (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  leverage REAL NOT NULL,
  low REAL,
  high REAL,
  extrapolated INTEGER NOT NULL,        -- the dense compute lies outside the fitted budgets
  time_leverage REAL,
  time_low REAL,
  time_high REAL,
  PRIMARY KEY (law_id, run_id),
  CONSTRAINT leverage_extrapolated_is_boolean CHECK (extrapolated IN (0, 1)),
  CONSTRAINT leverage_positive CHECK (leverage > 0)
) STRICT, WITHOUT ROWID;

-- table event
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  study_id INTEGER,
  grid_id INTEGER,
  run_id INTEGER,
  epoch INTEGER,
  worker_id TEXT,
  detail TEXT,
  CONSTRAINT event_detail_is_json CHECK (detail IS NULL OR json_valid(detail))
) STRICT;

-- trigger event_is_append_only_update
CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event
BEGIN
  SELECT raise(ABORT, 'events are never changed');
END;

-- trigger event_is_append_only_delete
CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event
BEGIN
  SELECT raise(ABORT, 'events are never deleted');
END;

-- trigger run_result_never_changes
CREATE TRIGGER run_result_never_changes BEFORE UPDATE ON run
WHEN old.state IN ('finished', 'diverged')
BEGIN
  SELECT raise(ABORT, 'a finished or diverged run never changes');
END;

-- view metrics
CREATE VIEW metrics AS
SELECT
  chunk.run_id AS run,
  chunk.metric,
  chunk.epoch,
  step.value AS step,
  json_extract(chunk.tokens, '$[' || step.key || ']') AS tokens,
  json_extract(chunk."values", '$[' || step.key || ']') AS value
FROM loss_chunk AS chunk, json_each(chunk.steps) AS step
WHERE NOT EXISTS (
  SELECT 1
  FROM attempt AS later
  WHERE later.run_id = chunk.run_id
    AND later.epoch > chunk.epoch
    AND (later.first_step < step.value OR later.first_step = 0)
);

-- view losses
CREATE VIEW losses AS
SELECT run, metric, step, tokens, value AS loss
FROM metrics
WHERE metric IN ('loss', 'validation_loss', 'bits_per_byte');

-- view laws
CREATE VIEW laws AS
SELECT
  law.id,
  study.name AS study,
  law.name,
  law.form,
  law.parameters,
  law.warnings,
  law.detail,
  (SELECT count(*) FROM law_run WHERE law_run.law_id = law.id) AS runs,
  grid.name AS grid,
  law.input_sha256,
  law.created_at
FROM law
JOIN study ON study.id = law.study_id
LEFT JOIN grid ON grid.id = law.grid_id
WHERE law.id = (
  SELECT max(newest.id) FROM law AS newest
  WHERE newest.study_id = law.study_id AND newest.name = law.name
);

-- table latest_value
CREATE TABLE latest_value (
  run_id INTEGER NOT NULL REFERENCES run (id),
  metric TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  tokens INTEGER,
  value REAL NOT NULL,
  open_points INTEGER NOT NULL,         -- how many of the attempt's are in chunks not yet sealed
  PRIMARY KEY (run_id, metric),
  FOREIGN KEY (run_id, epoch) REFERENCES attempt (run_id, epoch)
) STRICT, WITHOUT ROWID;

-- table grid_tally
CREATE TABLE grid_tally (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  state TEXT NOT NULL,
  runs INTEGER NOT NULL,
  flops REAL NOT NULL,
  best_validation_loss REAL,
  PRIMARY KEY (grid_id, state)
) STRICT, WITHOUT ROWID;

-- trigger grid_tally_gains_run
CREATE TRIGGER grid_tally_gains_run AFTER INSERT ON grid_run
BEGIN
  INSERT INTO grid_tally (grid_id, state, runs, flops, best_validation_loss)
  SELECT new.grid_id, state, 1, coalesce(flops, 0.0), validation_loss FROM run
  WHERE id = new.run_id
  ON CONFLICT (grid_id, state) DO UPDATE SET
    runs = runs + 1, flops = flops + excluded.flops,
    best_validation_loss =
      coalesce(min(best_validation_loss, excluded.best_validation_loss),
        best_validation_loss, excluded.best_validation_loss);
END;

-- trigger grid_tally_loses_run
CREATE TRIGGER grid_tally_loses_run AFTER DELETE ON grid_run
BEGIN
  UPDATE grid_tally SET runs = runs - 1,
    flops = iif(runs = 1, 0.0, flops - (
      SELECT coalesce(run.flops, 0.0) FROM run WHERE run.id = old.run_id))
  WHERE grid_id = old.grid_id
    AND state = (SELECT run.state FROM run WHERE run.id = old.run_id);
END;

-- trigger grid_tally_moves_run
CREATE TRIGGER grid_tally_moves_run AFTER UPDATE OF state ON run WHEN old.state <> new.state
BEGIN
  INSERT INTO grid_tally (grid_id, state, runs, flops)
  SELECT grid_id, old.state, -1, -coalesce(old.flops, 0.0) FROM grid_run WHERE run_id = old.id
  ON CONFLICT (grid_id, state) DO UPDATE SET
    flops = iif(runs = 1, 0.0, flops + excluded.flops), runs = runs - 1;
  INSERT INTO grid_tally (grid_id, state, runs, flops, best_validation_loss)
  SELECT grid_id, new.state, 1, coalesce(new.flops, 0.0), new.validation_loss FROM grid_run
  WHERE run_id = new.id
  ON CONFLICT (grid_id, state) DO UPDATE SET
    runs = runs + 1, flops = flops + excluded.flops,
    best_validation_loss =
      coalesce(min(best_validation_loss, excluded.best_validation_loss),
        best_validation_loss, excluded.best_validation_loss);
END;

-- index run_ended
CREATE INDEX run_ended ON run (state) WHERE finished_at IS NOT NULL;

-- table staged_range
CREATE TABLE staged_range (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  first_run INTEGER NOT NULL,
  last_run INTEGER NOT NULL,            -- below first_run while the range is empty
  PRIMARY KEY (grid_id, first_run)
) STRICT, WITHOUT ROWID;

-- index law_run_by_run
CREATE INDEX law_run_by_run ON law_run (run_id);

-- index leverage_estimate_by_run
CREATE INDEX leverage_estimate_by_run ON leverage_estimate (run_id);

-- trigger run_is_never_deleted
CREATE TRIGGER run_is_never_deleted BEFORE DELETE ON run
WHEN NOT EXISTS (
  SELECT 1 FROM staged_range WHERE old.id BETWEEN first_run AND last_run)
BEGIN
  SELECT raise(ABORT, 'runs are never deleted');
END;

-- table pulse
CREATE TABLE pulse (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  CONSTRAINT pulse_is_one CHECK (id = 1)
) STRICT;

-- view runs
CREATE VIEW runs AS
SELECT
  run.id,
  study.name AS study,
  grid.name AS grid,
  grid_run.family,
  grid_run.budget,
  grid_run.point,
  run.state,
  run.loss,
  run.validation_loss,
  run.bits_per_byte,
  run.activation_ratio AS A,
  run.granularity AS G,
  run.shared_ratio AS S,
  run.dense_ratio,
  run.attention_share,
  run.parameters AS N,
  run.active_parameters AS N_active,
  run.flops_per_token AS M,
  run.tokens AS D,
  run.data_epochs AS epochs,
  run.flops AS C,
  run.learning_rate,
  run.batch_tokens,
  json_extract(grid.settings, '$."' || grid_run.family || '".M') AS M_law,
  json_extract(grid.settings, '$."' || grid_run.family || '".learning_rate') AS learning_rate_law,
  json_extract(grid.settings, '$."' || grid_run.family || '".batch_tokens') AS batch_law,
  run.seed,
  run.spec ->> '$.architecture.layers' AS layers,
  run.spec ->> '$.architecture.d_model' AS d_model,
  run.spec ->> '$.architecture.d_ffn' AS d_ffn,
  run.spec ->> '$.architecture.d_expert' AS d_expert,
  coalesce(run.spec ->> '$.architecture.experts', run.extra ->> '$.experts') AS experts,
  coalesce(run.spec ->> '$.architecture.top_k', run.extra ->> '$.top_k') AS top_k,
  run.spec ->> '$.architecture.shared_experts' AS shared_experts,
  run.spec ->> '$.architecture.dense_layers' AS dense_layers,
  run.train_seconds,
  run.train_cpu_seconds,
  run.tokens / run.train_seconds AS tokens_per_second,
  run.epoch AS attempts,
  run.failures,
  run.worker_id AS worker,
  run.message,
  run.source,
  run.extra,
  run.finished_at
FROM run
LEFT JOIN grid_run ON grid_run.run_id = run.id
LEFT JOIN grid ON grid.id = grid_run.grid_id
JOIN study ON study.id = coalesce(grid.study_id, run.study_id)
WHERE grid.id IS NULL OR grid.id NOT IN (SELECT grid_id FROM staged_range);

-- view leverage
CREATE VIEW leverage AS
SELECT
  laws.study,
  runs.grid,
  leverage_estimate.run_id AS run,
  runs.family,
  runs.budget,
  runs.point,
  runs.seed,
  runs.A,
  runs.G,
  runs.S,
  runs.C,
  runs.loss,
  runs.validation_loss,
  leverage_estimate.leverage AS EL,
  leverage_estimate.low AS EL_low,
  leverage_estimate.high AS EL_high,
  leverage_estimate.extrapolated,
  leverage_estimate.time_leverage AS EL_time,
  leverage_estimate.time_low AS EL_time_low,
  leverage_estimate.time_high AS EL_time_high,
  leverage_estimate.law_id AS law
FROM leverage_estimate
JOIN laws ON laws.id = leverage_estimate.law_id
JOIN runs ON runs.id = leverage_estimate.run_id AND runs.study = laws.study;

-- table study_queue
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

-- trigger study_has_queue
CREATE TRIGGER study_has_queue AFTER INSERT ON study
BEGIN
  INSERT INTO study_queue (study_id, used_at) VALUES (new.id, new.created_at);
END;

-- table grid_queue
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

-- trigger grid_has_queue
CREATE TRIGGER grid_has_queue AFTER INSERT ON grid
BEGIN
  INSERT INTO grid_queue (grid_id) VALUES (new.id);
END;

-- table queue_class
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

-- index queue_class_measured
CREATE INDEX queue_class_measured ON queue_class (id) WHERE speed IS NOT NULL;

-- table node
CREATE TABLE node (
  host TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,            -- in a row, of different runs
  last_run INTEGER NOT NULL REFERENCES run (id),
  reason TEXT NOT NULL,
  set_aside_at INTEGER,
  set_aside_until INTEGER,
  CONSTRAINT node_set_aside_has_end CHECK ((set_aside_at IS NULL) = (set_aside_until IS NULL))
) STRICT, WITHOUT ROWID;

-- index run_queue
CREATE INDEX run_queue ON run (class_id, not_before, id) WHERE state = 'queued';

-- index run_due
CREATE INDEX run_due ON run (not_before) WHERE state = 'queued' AND not_before > 0;

-- index attempt_open
CREATE INDEX attempt_open ON attempt (worker_id, gpu_type, cpus, gpus, memory)
WHERE ended_at IS NULL;

-- view ledger
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

-- view queue
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

-- view nodes
CREATE VIEW nodes AS
SELECT host, failures, last_run AS run, reason, set_aside_at, set_aside_until FROM node;

-- table evaluation
CREATE TABLE evaluation (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (id),
  checkpoint_sha256 TEXT NOT NULL,      -- of the file with the weights
  step INTEGER NOT NULL,                -- optimiser steps that they have seen
  suite TEXT NOT NULL,
  suite_sha256 TEXT NOT NULL,           -- of the questions: equal digests, equal questions
  corpus_sha256 TEXT NOT NULL,          -- of the corpus whose validation split was asked about
  chance REAL,                          -- what guessing would score, where that is a number
  environment TEXT NOT NULL,            -- JSON object: instruction set, library versions
  created_at INTEGER NOT NULL,
  UNIQUE (run_id, checkpoint_sha256, suite, suite_sha256),
  CONSTRAINT evaluation_suite_known CHECK (suite IN ('sources', 'cloze')),
  CONSTRAINT evaluation_step_not_negative CHECK (step >= 0),
  CONSTRAINT evaluation_environment_is_json CHECK (json_valid(environment))
) STRICT;

-- table evaluation_score
CREATE TABLE evaluation_score (
  evaluation_id INTEGER NOT NULL REFERENCES evaluation (id),
  source TEXT NOT NULL,                 -- package or file; 'all' for the whole split
  metric TEXT NOT NULL,
  value REAL NOT NULL,
  low REAL,
  high REAL,
  count INTEGER NOT NULL,               -- tokens of a loss, bytes of bits a byte, items of a share
  samples INTEGER NOT NULL,             -- documents, or items
  "values" TEXT,
  weights TEXT,                         -- null where every sample weighs the same
  PRIMARY KEY (evaluation_id, source, metric),
  CONSTRAINT evaluation_score_of_something CHECK (count > 0 AND samples > 0),
  CONSTRAINT evaluation_score_interval_in_order CHECK (low IS NULL OR low <= value AND value <= high),
  CONSTRAINT evaluation_score_has_values
    CHECK ("values" IS NULL OR json_array_length("values") = samples),
  CONSTRAINT evaluation_score_has_weights
    CHECK (weights IS NULL OR json_array_length(weights) = samples)
) STRICT, WITHOUT ROWID;

-- trigger evaluation_never_changes
CREATE TRIGGER evaluation_never_changes BEFORE UPDATE ON evaluation
BEGIN
  SELECT raise(ABORT, 'an evaluation never changes');
END;

-- trigger evaluation_score_never_changes
CREATE TRIGGER evaluation_score_never_changes BEFORE UPDATE ON evaluation_score
BEGIN
  SELECT raise(ABORT, 'an evaluation never changes');
END;

-- view evaluations
CREATE VIEW evaluations AS
SELECT
  evaluation.id AS evaluation,
  evaluation.run_id AS run,
  study.name AS study,
  evaluation.step,
  evaluation.suite,
  evaluation_score.source,
  evaluation_score.metric,
  evaluation_score.value,
  evaluation_score.low,
  evaluation_score.high,
  evaluation.chance,
  evaluation_score.count,
  evaluation_score.samples,
  evaluation.checkpoint_sha256,
  evaluation.suite_sha256,
  evaluation.corpus_sha256,
  evaluation.environment,
  evaluation.created_at
FROM evaluation
JOIN evaluation_score ON evaluation_score.evaluation_id = evaluation.id
JOIN run ON run.id = evaluation.run_id
JOIN study ON study.id = run.study_id;

-- table token
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

-- index token_in_force
CREATE UNIQUE INDEX token_in_force ON token (name) WHERE revoked_at IS NULL;

-- table webhook
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

-- table checkpoint
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

-- view checkpoints
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

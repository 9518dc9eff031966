-- What lists and counts are answered from, so that they cost runs and grids instead of points and
-- runs, and what keeps a large submission out of sight until all of it is there.

-- The last number of each metric of a run, under the newest epoch that measured it.
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

INSERT INTO latest_value (run_id, metric, epoch, step, tokens, value, open_points)
SELECT run_id, metric, epoch, last_step, json_extract(tokens, '$[#-1]'),
  json_extract("values", '$[#-1]'), open_points
FROM (
  SELECT *,
    row_number() OVER (PARTITION BY run_id, metric ORDER BY epoch DESC, first_step DESC) AS age,
    coalesce(sum(points) FILTER (WHERE sealed = 0) OVER (PARTITION BY run_id, metric, epoch), 0)
      AS open_points
  FROM loss_chunk)
WHERE age = 1;

-- How many runs of a grid are in each state, what they cost, and the best of them; kept by the
-- triggers below, so that no transaction can forget it. FLOPs are a sum of rounded numbers that
-- come and go: right to within rounding, and nought when no run is left.
CREATE TABLE grid_tally (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  state TEXT NOT NULL,
  runs INTEGER NOT NULL,
  flops REAL NOT NULL,
  best_validation_loss REAL,
  PRIMARY KEY (grid_id, state)
) STRICT, WITHOUT ROWID;

INSERT INTO grid_tally (grid_id, state, runs, flops, best_validation_loss)
SELECT grid_run.grid_id, run.state, count(*), coalesce(sum(run.flops), 0.0),
  min(run.validation_loss)
FROM grid_run JOIN run ON run.id = grid_run.run_id
GROUP BY grid_run.grid_id, run.state;

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

CREATE TRIGGER grid_tally_loses_run AFTER DELETE ON grid_run
BEGIN
  UPDATE grid_tally SET runs = runs - 1,
    flops = iif(runs = 1, 0.0, flops - (
      SELECT coalesce(run.flops, 0.0) FROM run WHERE run.id = old.run_id))
  WHERE grid_id = old.grid_id
    AND state = (SELECT run.state FROM run WHERE run.id = old.run_id);
END;

-- A run moves in every grid that asked for it.
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

-- A page of the runs that ended in one way, in the order of their numbers. Not of the others: a lease
-- is to find no index but its own. Nothing asks by study and state.
DROP INDEX run_by_study;
CREATE INDEX run_ended ON run (state) WHERE finished_at IS NOT NULL;

-- A submission too large for one transaction is written in slices. While its grid is here nobody
-- sees it or is given its runs, which are those of the ranges; one small transaction removes the
-- rows and opens the grid. What is here when the daemon starts was cut off, and is removed.
CREATE TABLE staged_range (
  grid_id INTEGER NOT NULL REFERENCES grid (id),
  first_run INTEGER NOT NULL,
  last_run INTEGER NOT NULL,            -- below first_run while the range is empty
  PRIMARY KEY (grid_id, first_run)
) STRICT, WITHOUT ROWID;

-- Removing a run asks whether a law was fitted to it.
CREATE INDEX law_run_by_run ON law_run (run_id);
CREATE INDEX leverage_estimate_by_run ON leverage_estimate (run_id);

DROP TRIGGER run_is_never_deleted;

CREATE TRIGGER run_is_never_deleted BEFORE DELETE ON run
WHEN NOT EXISTS (
  SELECT 1 FROM staged_range WHERE old.id BETWEEN first_run AND last_run)
BEGIN
  SELECT raise(ABORT, 'runs are never deleted');
END;

-- When the daemon last tried whether the file can be written, after a commit had failed.
CREATE TABLE pulse (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  CONSTRAINT pulse_is_one CHECK (id = 1)
) STRICT;

-- As before, without the grids that are still being written.
DROP VIEW leverage;
DROP VIEW runs;

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

-- What a suite says of one checkpoint of a run, once for each set of questions.
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

-- One number of an evaluation. Its samples, documents or cloze items in the suite's order, are JSON
-- arrays of equal length: what pairs two models. Those of all sources are those of each, and null here.
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

CREATE TRIGGER evaluation_never_changes BEFORE UPDATE ON evaluation
BEGIN
  SELECT raise(ABORT, 'an evaluation never changes');
END;

CREATE TRIGGER evaluation_score_never_changes BEFORE UPDATE ON evaluation_score
BEGIN
  SELECT raise(ABORT, 'an evaluation never changes');
END;

-- One row a number.
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

-- Validation loss, nats a token, mean over seeds; the difference of the means, and the standard deviation
-- between seeds, of both trainers together.
WITH run AS (
  SELECT family, budget, point, seed, grid AS trainer, validation_loss AS loss FROM runs
  WHERE study = 'trainers' AND state = 'finished'
),
summary AS (
  SELECT family, budget, point, trainer, count(*) AS seeds, avg(loss) AS mean,
    avg(loss * loss) - avg(loss) * avg(loss) AS spread
  FROM run GROUP BY family, budget, point, trainer
)
SELECT n.family, CASE n.point WHEN '{}' THEN '' ELSE trim(n.point, '{}') END AS point, n.budget AS C, n.seeds,
  round(n.mean, 4) AS native, round(p.mean, 4) AS pytorch,
  round(abs(n.mean - p.mean), 5) AS "between trainers",
  round(sqrt((n.spread + p.spread) / 2 * n.seeds / (n.seeds - 1)), 5) AS "between seeds"
FROM summary AS n JOIN summary AS p
  ON p.family = n.family AND p.budget = n.budget AND p.point IS n.point AND p.trainer = 'pytorch'
WHERE n.trainer = 'native' ORDER BY n.family, n.point, n.budget;

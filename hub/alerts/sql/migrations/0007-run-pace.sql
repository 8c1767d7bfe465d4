-- How many targets of a run were done when, for the last minutes of runs under way: what their speed is reckoned from, by any hub.
CREATE TABLE alerts_run_pace (
  run_id integer     NOT NULL REFERENCES alerts_run ON DELETE CASCADE,
  at     timestamptz NOT NULL DEFAULT now(),
  done   integer     NOT NULL,
  PRIMARY KEY (run_id, at)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

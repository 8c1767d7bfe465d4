-- To look up the run of each target took nearly a third of the start of a run over 100,000 people. Runs are made and deleted in one place each, before and after their
-- targets.
ALTER TABLE alerts_target DROP CONSTRAINT alerts_target_run_id_fkey;

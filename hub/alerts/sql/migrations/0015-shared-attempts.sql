-- People of one run who have an address in common, and are told the same, share the attempts at it (specification of alerts 4.2.4).
-- Of whoever has one: a digest of those fields of the person that the content shows. Null: nobody else of the run is to be told the same at one of his addresses.
ALTER TABLE alerts_target ADD COLUMN content bigint;
-- Whether a run has such people.
ALTER TABLE alerts_run ADD COLUMN shares boolean NOT NULL DEFAULT false;
-- The attempt that was made; this one is the part that another target has in it. Of the one that was made: how many others share it; null: nobody.
ALTER TABLE alerts_attempt ADD COLUMN of_attempt bigint, ADD COLUMN sharers integer;
CREATE INDEX alerts_attempt_shared ON alerts_attempt (of_attempt) WHERE of_attempt IS NOT NULL;
-- Whoever shares an attempt is at the same address.
DROP INDEX alerts_attempt_address_open;
CREATE UNIQUE INDEX alerts_attempt_address_open ON alerts_attempt (address) WHERE ended_at IS NULL AND of_attempt IS NULL;

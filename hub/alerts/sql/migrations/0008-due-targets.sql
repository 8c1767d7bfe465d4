-- Targets whose time comes, of all runs together. The rows are those of the index before, states l and w; but what asks by due_at alone can use no other
-- index, as a plan made while the table was empty looked through every open target each second.
CREATE INDEX alerts_target_due ON alerts_target (due_at) WHERE due_at IS NOT NULL;
DROP INDEX alerts_target_later;

-- Before when an address is not to be tried again, by its place: what a far side that asked for patience said of it. Null or too short: it may be.
ALTER TABLE alerts_target ADD COLUMN not_before timestamptz[];

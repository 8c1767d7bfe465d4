-- Parts of long messages that people send to us, until all have come: each is acknowledged to the network once it is here. Those of a message that is whole stay for a
-- while, so that a part that is brought twice is known.
CREATE TABLE alerts_incoming_part (
  group_id   integer     NOT NULL,
  sender     text        NOT NULL,
  recipient  text        NOT NULL,
  reference  integer     NOT NULL,
  total      smallint    NOT NULL,
  place      smallint    NOT NULL,
  -- Units of UTF-16: a sender may cut between the two of one character, which no text of the database can hold.
  units      bytea       NOT NULL,
  -- Of the first part.
  since      timestamptz NOT NULL DEFAULT now(),
  -- The message is whole, and was taken.
  taken      boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (group_id, sender, recipient, reference, total, place)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX alerts_incoming_part_since ON alerts_incoming_part (since);

-- Kinds of channels of which none works, since when, and whether it was told: once, by whichever hub looks.
CREATE TABLE alerts_alarm (
  kind    smallint    PRIMARY KEY,
  since   timestamptz NOT NULL DEFAULT now(),
  told_at timestamptz
);

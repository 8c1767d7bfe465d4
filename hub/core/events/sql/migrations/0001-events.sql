-- A reader takes events in the order (txid, id), below the oldest transaction that is still open, so that an event that commits late is
-- never skipped. txid is never below the transaction that wrote the event, and not always equal to it (see publish.ts).
CREATE TABLE event (
  txid    xid8        NOT NULL DEFAULT pg_current_xact_id(),
  id      bigint      GENERATED ALWAYS AS IDENTITY,
  time    timestamptz NOT NULL DEFAULT now(),
  type    text        NOT NULL,
  source  text        NOT NULL,
  subject text,
  data    jsonb       NOT NULL,
  PRIMARY KEY (txid, id)
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE event_cursor (
  subscriber text        PRIMARY KEY,
  txid       xid8        NOT NULL,
  id         bigint      NOT NULL,
  moved_at   timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

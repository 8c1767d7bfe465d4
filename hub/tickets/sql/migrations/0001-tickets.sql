-- Who receives: a client, its rules, its certificates.
CREATE TABLE ticket_client (
  client_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          text        NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9_-]{1,31}$'),
  title         text        NOT NULL,
  contacts      text[]      NOT NULL DEFAULT '{}',
  state         text        NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'held', 'closed')),
  state_reason  text,
  self_replay   boolean     NOT NULL DEFAULT false,
  warn_age_days int[],                                   -- null: the configured ones
  warn_queued   int,                                     -- null: the configured one
  version       int         NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  changed_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ticket_subscription (
  subscription_id bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id       bigint  NOT NULL REFERENCES ticket_client,
  agency          text[],                                -- null: any
  validator       text[],
  terminal        text[],
  carrier         text[],
  carrier_scope   text    NOT NULL DEFAULT 'document' CHECK (carrier_scope IN ('document', 'any')),
  type            text[],
  kind            text[],
  everything      boolean NOT NULL DEFAULT false,
  created_at      timestamptz NOT NULL DEFAULT now(),
  CHECK (everything = (COALESCE(agency, validator, terminal, carrier, type, kind) IS NULL))
);
CREATE INDEX ticket_subscription_client ON ticket_subscription (client_id);

CREATE TABLE ticket_certificate (
  fingerprint bytea       PRIMARY KEY,                   -- SHA-256 of the DER form
  client_id   bigint      NOT NULL REFERENCES ticket_client,
  serial      text        NOT NULL,
  not_before  timestamptz NOT NULL,
  not_after   timestamptz NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT now(),
  issued_by   text        NOT NULL,
  revoked_at  timestamptz,
  revoked_by  text,
  reason      text,
  warned_days int                                        -- the last threshold warned about
);
CREATE INDEX ticket_certificate_client ON ticket_certificate (client_id);

-- What happened: operations and the documents made of them.
CREATE TABLE ticket_operation (
  operation_id uuid        PRIMARY KEY,                  -- version 7: in order of arrival
  source       text        NOT NULL,
  external_id  text        NOT NULL,
  body_sha256  bytea       NOT NULL,
  kind         text        NOT NULL,
  occurred_at  timestamptz NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  received_by  text        NOT NULL,
  control      json        NOT NULL,                     -- as completed; json: written often, looked into seldom
  warnings     jsonb,                                    -- null: none
  unrouted     int         NOT NULL,                     -- documents that no client receives
  UNIQUE (source, external_id)
) WITH (toast_tuple_target = 8160);
ALTER TABLE ticket_operation ALTER COLUMN control SET STORAGE EXTERNAL;  -- compressing costs more than the disk it saves
CREATE INDEX ticket_operation_unrouted ON ticket_operation (operation_id) WHERE unrouted > 0;
CREATE INDEX ticket_operation_warned ON ticket_operation (operation_id) WHERE warnings IS NOT NULL;

CREATE TABLE ticket_document (
  document_id  uuid        PRIMARY KEY,                  -- version 7
  operation_id uuid,                                     -- null: imported
  position     int         NOT NULL,                     -- of the document in the control message, from 0
  role         text        NOT NULL,
  type         text        NOT NULL,
  op_type      text        NOT NULL,
  trans_type   text        NOT NULL,
  number       text        NOT NULL,
  ex_number    text,
  to_number    text,
  pnr          text,
  carrier      text,
  clients      bigint[]    NOT NULL,                     -- first routing; a later replay is in ticket_replay
  sequences    bigint[]    NOT NULL,                     -- the sequence in the mailbox of each of `clients`
  sha256       bytea       NOT NULL,
  bytes        int         NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  xml          bytea                                     -- null: erased (tickets.keepDays)
) WITH (toast_tuple_target = 8160);                      -- bodies of about 2 KB stay in the row, uncompressed
ALTER TABLE ticket_document ALTER COLUMN xml SET STORAGE EXTERNAL;
CREATE INDEX ticket_document_number ON ticket_document (number);
CREATE INDEX ticket_document_pnr ON ticket_document (pnr) WHERE pnr IS NOT NULL;
CREATE INDEX ticket_document_ex ON ticket_document (ex_number) WHERE ex_number IS NOT NULL;
CREATE INDEX ticket_document_to ON ticket_document (to_number) WHERE to_number IS NOT NULL;
CREATE INDEX ticket_document_operation ON ticket_document (operation_id);
CREATE INDEX ticket_document_created ON ticket_document USING brin (created_at);

-- Refused control messages, kept 7 days for the console.
CREATE TABLE ticket_rejection (
  rejection_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at  timestamptz NOT NULL DEFAULT now(),
  received_by  text        NOT NULL,
  source       text,
  external_id  text,
  code         text        NOT NULL,
  faults       jsonb       NOT NULL
);

-- The mailbox: its counter, what waits, what has left, the session.
CREATE TABLE ticket_mailbox (
  client_id bigint PRIMARY KEY,
  next_seq  bigint NOT NULL DEFAULT 1
) WITH (fillfactor = 50);

CREATE TABLE ticket_message (
  client_id   bigint      NOT NULL,
  seq         bigint      NOT NULL,
  message_id  uuid        NOT NULL,
  document_id uuid        NOT NULL,
  replay      boolean     NOT NULL,
  bytes       int         NOT NULL,
  enqueued_at timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (client_id, seq)                           -- and no other index
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE ticket_history (
  client_id   bigint      NOT NULL,
  seq         bigint      NOT NULL,
  message_id  uuid        NOT NULL,
  document_id uuid        NOT NULL,
  replay      boolean     NOT NULL,
  enqueued_at timestamptz NOT NULL,
  outcome     text        NOT NULL,                      -- delivered, expired, withdrawn, imported
  finished_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client_id, seq)
);
CREATE INDEX ticket_history_enqueued ON ticket_history (client_id, enqueued_at);
CREATE INDEX ticket_history_expired ON ticket_history (client_id, seq) WHERE outcome = 'expired';

CREATE TABLE ticket_replay (
  document_id uuid   NOT NULL,
  client_id   bigint NOT NULL,
  seq         bigint NOT NULL,
  PRIMARY KEY (document_id, client_id, seq)
);

CREATE TABLE ticket_feed (
  client_id    bigint      PRIMARY KEY,
  floor_seq    bigint      NOT NULL DEFAULT 0,           -- everything up to here has left the mailbox
  expired_last bigint      NOT NULL DEFAULT 0,           -- highest sequence that expired
  expired_seen bigint      NOT NULL DEFAULT 0,           -- the client has seen tombstones up to here
  expired_untold int       NOT NULL DEFAULT 0,           -- expired in a run whose event is not written yet
  instance     uuid,
  displaced    uuid[]      NOT NULL DEFAULT '{}',        -- the last 16
  hub_id       uuid,
  address      text,
  agent        text,
  since        timestamptz,
  lease_until  timestamptz,
  report       jsonb,
  reported_at  timestamptz,
  delivered_at timestamptz,                              -- last acknowledgement
  warned_age   int         NOT NULL DEFAULT 0,           -- days of the last warning about the oldest message; 0: none
  warned_queued boolean    NOT NULL DEFAULT false
) WITH (fillfactor = 50);

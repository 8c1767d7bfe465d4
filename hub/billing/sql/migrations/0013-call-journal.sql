-- Calls of foreign programs lately, as they went over the wire, without secrets. Kept for some hours and some calls of each integration; no account of
-- anything: changes are in the audit.
CREATE TABLE call_journal (
  call_id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL,
  operator_id    integer     NOT NULL,
  login          text        NOT NULL,
  protocol       text        NOT NULL,
  operation      text        NOT NULL,
  outcome        text        NOT NULL,
  milliseconds   float8      NOT NULL,
  address        text        NOT NULL,
  request_id     text        NOT NULL,
  method         text        NOT NULL,
  url            text        NOT NULL,
  headers        json        NOT NULL,
  body           text,
  size           bigint      NOT NULL,
  cut            boolean     NOT NULL,
  answer_status  smallint    NOT NULL,
  answer_headers json        NOT NULL,
  answer_body    text,
  answer_size    bigint      NOT NULL,
  answer_cut     boolean     NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Of one integration the newest first: for its list, and to remove what is beyond its share.
CREATE INDEX call_journal_integration ON call_journal (operator_id, protocol, call_id);

COMMENT ON TABLE call_journal IS 'Recent calls of foreign programs, without secrets; see docs/billing.md';

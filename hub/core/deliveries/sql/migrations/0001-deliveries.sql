-- What is to be delivered, by engine (1 callbacks, 2 alerts) and target (an endpoint, a channel). Targets are owned by one hub at a time, and
-- an owner is alive as long as its row here says.
CREATE TABLE delivery_hub (
  engine      smallint    NOT NULL,
  hub         uuid        NOT NULL,
  alive_until timestamptz NOT NULL,
  PRIMARY KEY (engine, hub)
) WITH (fillfactor = 50);

CREATE TABLE delivery_target (
  engine        smallint    NOT NULL,
  target        bigint      NOT NULL,
  owner         uuid,
  -- What the owner last saw, for those who look and for the next owner.
  breaker       text        NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open')),
  breaker_until timestamptz,
  breaker_step  smallint    NOT NULL DEFAULT 0,
  succeeded_at  timestamptz,
  failing_since timestamptz,
  failures      bigint      NOT NULL DEFAULT 0,
  last_code     text,
  PRIMARY KEY (engine, target)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE SEQUENCE delivery_id;

-- Deliveries that have not ended. lane: 0 first attempts, in the order of id; 1 later attempts, in the order of due_at.
CREATE TABLE delivery_due (
  engine     smallint    NOT NULL,
  target     bigint      NOT NULL,
  lane       smallint    NOT NULL DEFAULT 0,
  id         bigint      NOT NULL DEFAULT nextval('delivery_id'),
  due_at     timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Items of one key keep their order, as far as `ordering` of the target asks for it; 0: no key.
  key        bigint      NOT NULL DEFAULT 0,
  strict     boolean     NOT NULL DEFAULT false,
  type       text        NOT NULL,
  ref        text        NOT NULL,
  extra      json,
  -- Attempts begun, attempts with a known outcome, attempts that count against the schedule.
  tries      smallint    NOT NULL DEFAULT 0,
  known      smallint    NOT NULL DEFAULT 0,
  spent      smallint    NOT NULL DEFAULT 0,
  -- The hub that has it under way; written before a byte leaves.
  holder     uuid,
  begun_at   timestamptz,
  first_at   timestamptz,
  canceled   boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (engine, target, lane, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, toast_tuple_target = 8160);
CREATE INDEX delivery_due_later ON delivery_due (engine, target, due_at) WHERE lane = 1;
CREATE INDEX delivery_due_strict ON delivery_due (engine, target, key, id) WHERE strict;

-- Deliveries that have ended.
CREATE TABLE delivery (
  engine     smallint    NOT NULL,
  id         bigint      NOT NULL,
  target     bigint      NOT NULL,
  key        bigint      NOT NULL,
  type       text        NOT NULL,
  ref        text        NOT NULL,
  extra      json,
  state      text        NOT NULL CHECK (state IN ('delivered', 'failed', 'rejected', 'blocked', 'canceled')),
  tries      smallint    NOT NULL,
  status     smallint,
  code       text,
  created_at timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL,
  PRIMARY KEY (engine, id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.1);
CREATE INDEX delivery_by_target ON delivery (engine, target, id);
CREATE INDEX delivery_by_key ON delivery (engine, key, id) WHERE key <> 0;
CREATE INDEX delivery_undelivered ON delivery (engine, target, id) WHERE state <> 'delivered';

-- Every attempt that was begun. outcome: delivered, failed (a later one may follow), ended (nothing follows), unknown (the hub died over it).
CREATE TABLE delivery_attempt (
  engine   smallint    NOT NULL,
  delivery bigint      NOT NULL,
  number   smallint    NOT NULL,
  target   bigint      NOT NULL,
  lane     smallint    NOT NULL,
  due_at   timestamptz NOT NULL,
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome  text        NOT NULL CHECK (outcome IN ('delivered', 'failed', 'ended', 'unknown')),
  status   smallint,
  code     text,
  hub      uuid        NOT NULL,
  facts    json,
  PRIMARY KEY (engine, delivery, number)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.1);

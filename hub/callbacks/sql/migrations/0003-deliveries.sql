-- What attempts sent and got, in blocks of many, packed and sealed: bodies may hold personal data. delivery_attempt.facts names block and place.
CREATE TABLE callback_body (
  block      uuid        PRIMARY KEY,
  kept_until timestamptz NOT NULL,
  sealed     bytea       NOT NULL
);
ALTER TABLE callback_body ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX callback_body_kept ON callback_body (kept_until);

-- Slots of @CallbackId: each process gives out numbers of its own slot, and never one up to the mark.
CREATE TABLE callback_tick_slot (
  slot        smallint    PRIMARY KEY CHECK (slot BETWEEN 0 AND 63),
  mark        numeric(20) NOT NULL DEFAULT 0,
  hub         uuid,
  alive_until timestamptz
) WITH (fillfactor = 50);
INSERT INTO callback_tick_slot (slot) SELECT generate_series(0, 63);

-- The latest states, for endpoints that send those instead of the event's; and which trip an order belongs to, for the search in the log.
CREATE TABLE callback_order (
  order_id bigint PRIMARY KEY,
  trip_id  bigint NOT NULL,
  state    text
) WITH (fillfactor = 70);
CREATE TABLE callback_trip (
  trip_id bigint PRIMARY KEY,
  state   text   NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX callback_endpoint_changed ON callback_endpoint (changed_at);

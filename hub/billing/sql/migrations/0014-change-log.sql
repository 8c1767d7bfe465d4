-- Which contracts changed since when (spec billing 8, change_log): one row a contract with the number of its last change. A number is that of the
-- transaction, so giving one out costs no lock that other contracts wait for; the view shows none that a transaction still under way could stay below,
-- so that a reader who remembers how far he came misses nothing.
CREATE TABLE contract_change (
  contract_id   integer     PRIMARY KEY,
  change_number bigint      NOT NULL,
  changed_at    timestamptz NOT NULL DEFAULT now(),
  deleted       boolean     NOT NULL DEFAULT false
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- Added to the numbers of transactions, which begin anew where a dump is restored (billing_change_numbers_ready).
CREATE TABLE contract_change_base (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  base     bigint  NOT NULL
);
INSERT INTO contract_change_base (base) VALUES (0);

INSERT INTO contract_change (contract_id, change_number) SELECT contract_id, 1 FROM contract;
CREATE INDEX contract_change_in_order ON contract_change (change_number, contract_id);

-- Lifts the numbers above all that were given out, also by hubs on a later state than the dump had: a thousand million transactions are room enough.
CREATE FUNCTION billing_change_numbers_ready() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  highest bigint := (SELECT max(change_number) FROM contract_change);
  present bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
BEGIN
  UPDATE contract_change_base SET base = highest + 1000000000 - present WHERE base + present <= highest;
END $$;

-- What one transaction does to one contract is mostly several statements: the setting, which ends with the transaction, knows whose turn is noted already.
CREATE FUNCTION billing_contracts_changed(contracts integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF contracts IS NULL OR (cardinality(contracts) = 1 AND current_setting('billing.change_noted', true) = contracts[1]::text) THEN
    RETURN;
  END IF;
  INSERT INTO contract_change AS c (contract_id, change_number)
  SELECT id, (SELECT base FROM contract_change_base) + pg_current_xact_id()::text::bigint FROM unnest(contracts) AS id
  ON CONFLICT (contract_id) DO UPDATE SET change_number = excluded.change_number, changed_at = excluded.changed_at
    WHERE c.change_number < excluded.change_number;
  PERFORM set_config('billing.change_noted', contracts[1]::text, true);
END $$;

-- Once a statement, not once a row: what is booked for thousands of contracts at once stays one piece of work.
CREATE FUNCTION billing_rows_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing_contracts_changed(array_agg(DISTINCT contract_id)) FROM fresh;
  RETURN NULL;
END $$;
CREATE FUNCTION billing_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing_contracts_changed(array_agg(DISTINCT contract_id)) FROM (SELECT contract_id FROM fresh UNION ALL SELECT contract_id FROM former) AS both_;
  RETURN NULL;
END $$;
CREATE FUNCTION billing_rows_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing_contracts_changed(array_agg(DISTINCT contract_id)) FROM former;
  RETURN NULL;
END $$;
-- A contract that is deleted keeps its row here: whoever copies contracts must hear of it.
CREATE FUNCTION billing_contracts_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing_contracts_changed(array_agg(DISTINCT contract_id)) FROM former;
  UPDATE contract_change SET deleted = true WHERE contract_id IN (SELECT contract_id FROM former);
  RETURN NULL;
END $$;
CREATE FUNCTION billing_contracts_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing_contracts_changed(array_agg(DISTINCT contract_id)) FROM fresh;
  UPDATE contract_change SET deleted = false WHERE deleted AND contract_id IN (SELECT contract_id FROM fresh);
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched text;
  kind    text;
BEGIN
  FOREACH watched IN ARRAY ARRAY[
    'contract', 'contract_label', 'contract_note', 'contract_parameter', 'contract_balance', 'contract_payment', 'contract_charge', 'contract_account',
    'contract_reserve', 'contract_status', 'contract_limit_plan', 'contract_tariff', 'contract_tariff_group', 'contract_tariff_option', 'contract_module',
    'contract_service', 'service_object', 'inet_service'
  ] LOOP
    kind := CASE watched WHEN 'contract' THEN 'contracts' ELSE 'rows' END;
    EXECUTE format('CREATE TRIGGER change_came AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION billing_%s_came()', watched, kind);
    EXECUTE format('CREATE TRIGGER change_made AFTER UPDATE ON %I REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION billing_rows_changed()', watched);
    EXECUTE format('CREATE TRIGGER change_left AFTER DELETE ON %I REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION billing_%s_left()', watched, kind);
  END LOOP;
END $$;

CREATE VIEW billing_read.change_log WITH (security_barrier) AS
  SELECT c.change_number, c.contract_id, c.changed_at, c.deleted FROM contract_change c
  WHERE c.change_number < (SELECT base FROM contract_change_base) + pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
COMMENT ON VIEW billing_read.change_log IS
  'The last change of each contract and of all that belongs to it. Go on behind the last (change_number, contract_id) that you have seen, and read those contracts anew';
COMMENT ON COLUMN billing_read.change_log.change_number IS 'Grows with time; several contracts changed by one transaction share it';
COMMENT ON COLUMN billing_read.change_log.changed_at IS 'When the transaction of the change began';
COMMENT ON COLUMN billing_read.change_log.deleted IS 'The contract is deleted: no other view shows it any more';

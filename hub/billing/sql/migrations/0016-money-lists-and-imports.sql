-- Payments and charges of everybody, the newest first.
CREATE INDEX contract_payment_day ON contract_payment (day, payment_id);
CREATE INDEX contract_charge_day ON contract_charge (day, charge_id);

-- Calls with an Idempotency-Key, for 24 hours (core/http/once.ts).
CREATE TABLE billing_idempotency (
  login       text        NOT NULL,
  key         text        NOT NULL,
  fingerprint bytea       NOT NULL,
  status      int,
  location    text,
  answer      json,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (login, key)
);
CREATE INDEX billing_idempotency_age ON billing_idempotency (created_at);

-- What imports have made, so that a repeat makes nothing twice, also after the contract was renamed or deleted since.
CREATE TABLE contract_external (
  source        text        NOT NULL,
  external_id   text        NOT NULL,
  -- SHA-256 of the row.
  content       bytea       NOT NULL,
  -- The number of the contract; it may be gone.
  made_contract integer     NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, external_id)
);

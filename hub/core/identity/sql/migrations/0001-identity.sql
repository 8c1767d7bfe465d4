CREATE TABLE audit (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time       timestamptz NOT NULL DEFAULT now(),
  login      text        NOT NULL,
  face       text        NOT NULL,
  address    text,
  request_id text,
  action     text        NOT NULL,
  object     text        NOT NULL,
  before     jsonb,
  after      jsonb,
  reason     text
);
CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_login ON audit (login, id);

-- Changes of operators, sessions and tokens raise this number in their own transaction and notify `vestnik_identity`; hubs that keep such
-- rows in memory drop them on the notification, and look at the number every second in case it was lost. The row is also the lock under
-- which the directory changes: every use case takes it first.
CREATE TABLE identity_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint  NOT NULL DEFAULT 1
) WITH (fillfactor = 50);
INSERT INTO identity_version DEFAULT VALUES;

CREATE FUNCTION identity_tell() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE identity_version SET version = version + 1;
  PERFORM pg_notify('vestnik_identity', '');
END $$;

CREATE FUNCTION identity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM identity_tell();
  RETURN NULL;
END $$;

CREATE TABLE operator (
  operator_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login         text        NOT NULL UNIQUE CHECK (login COLLATE "C" ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  display_name  text        NOT NULL,
  email         text,
  locale        text        NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en')),
  rights        text[]      NOT NULL DEFAULT '{}',
  password_hash text        NOT NULL,
  enabled       boolean     NOT NULL DEFAULT true,
  version       integer     NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  changed_at    timestamptz NOT NULL DEFAULT now(),
  last_login_at timestamptz
);
CREATE TRIGGER operator_changed
  AFTER DELETE OR UPDATE OF login, display_name, locale, rights, password_hash, enabled, version ON operator
  FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- secret_hash: SHA-256 of what the browser holds.
CREATE TABLE session (
  session_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash bytea       NOT NULL UNIQUE,
  operator_id bigint      NOT NULL REFERENCES operator ON DELETE CASCADE,
  address     text        NOT NULL,
  user_agent  text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX session_operator ON session (operator_id);
CREATE INDEX session_expiry ON session (expires_at);
-- Sessions that ran out are remembered by nobody: sweeping them away is no news.
CREATE FUNCTION identity_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gone WHERE expires_at > now()) THEN
    PERFORM identity_tell();
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER session_ended AFTER DELETE ON session REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION identity_session_ended();

-- secret_hash: SHA-256 of the token. A revoked token stays as a row, so that the list tells what became of it.
CREATE TABLE token (
  token_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash  bytea       NOT NULL UNIQUE,
  operator_id  bigint      NOT NULL REFERENCES operator ON DELETE CASCADE,
  name         text        NOT NULL,
  rights       text[]      NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX token_operator ON token (operator_id);
CREATE TRIGGER token_changed AFTER UPDATE OF rights, expires_at, revoked_at ON token
  FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- As with sessions: tokens that had ended before are no news.
CREATE FUNCTION identity_token_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gone WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) THEN
    PERFORM identity_tell();
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER token_deleted AFTER DELETE ON token REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION identity_token_deleted();

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
CREATE INDEX audit_time ON audit (time);

-- The audit only grows. Rows leave it by audit_expire alone, and never younger than a day.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('vestnik.audit_expiry', true) = 'on' THEN
    IF OLD.time < now() - interval '1 day' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit is append-only: % is refused; old rows leave it by audit_expire(days)', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Deletes at most `chunk` rows older than `days` days; answers how many.
CREATE FUNCTION audit_expire(days integer, chunk integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  gone bigint;
BEGIN
  IF days < 1 THEN
    RAISE EXCEPTION 'the audit is kept for at least a day, not %', days USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM set_config('vestnik.audit_expiry', 'on', true);
  DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE time < now() - make_interval(days => days) ORDER BY time LIMIT chunk);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('vestnik.audit_expiry', 'off', true);
  RETURN gone;
END $$;

-- Derived one-way from the secret key of the hubs: tells a hub that it runs with another key, and tells nothing about the key.
CREATE TABLE secret_check (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  check_value bytea  NOT NULL
);

-- The root of the certificate authority. private_key: PKCS#8, sealed under the secret key.
CREATE TABLE authority (
  only_row    boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  certificate bytea       NOT NULL,
  private_key bytea       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

-- Server certificates by their set of names, shared by all hubs. private_key: as above.
CREATE TABLE server_certificate (
  names       text[]      PRIMARY KEY,
  certificate bytea       NOT NULL,
  private_key bytea       NOT NULL,
  not_before  timestamptz NOT NULL,
  not_after   timestamptz NOT NULL
);

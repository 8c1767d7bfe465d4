-- Quick changes that expect no reaction of the server (spec billing 8): views that other programs may write. Triggers check what is written, keep the
-- history and the audit (face `database`), and publish no event. What needs reactions (money, statuses, tariffs, limits) is not here and never will be.
CREATE SCHEMA billing_quiet;
COMMENT ON SCHEMA billing_quiet IS 'Views for quick changes without a reaction of the server; see docs/billing-database.md';
REVOKE ALL ON SCHEMA billing_quiet FROM PUBLIC;

CREATE VIEW billing_quiet.contract WITH (security_barrier) AS SELECT contract_id, title, comment FROM contract;
COMMENT ON VIEW billing_quiet.contract IS 'Contracts. Only the comment can be changed';

CREATE VIEW billing_quiet.contract_note WITH (security_barrier) AS
  SELECT note_id, contract_id, subject, text, visible, login, at FROM contract_note;
COMMENT ON VIEW billing_quiet.contract_note IS 'Notes on contracts: added, changed, deleted. note_id, login and at are given by the server';
COMMENT ON COLUMN billing_quiet.contract_note.visible IS 'Whether the customer may see it (false unless given)';

CREATE VIEW billing_quiet.contract_parameter_text WITH (security_barrier) AS
  SELECT v.contract_id, v.parameter_id, p.title AS parameter_title, v.title AS value
  FROM contract_parameter v JOIN billing_parameter p USING (parameter_id) WHERE p.kind = 1;
COMMENT ON VIEW billing_quiet.contract_parameter_text IS 'Values of text parameters. Inserting one that is there already changes it; an empty one takes it away';

CREATE VIEW billing_quiet.contract_parameter_flag WITH (security_barrier) AS
  SELECT v.contract_id, v.parameter_id, p.title AS parameter_title, v.number = 1 AS value
  FROM contract_parameter v JOIN billing_parameter p USING (parameter_id) WHERE p.kind = 5;
COMMENT ON VIEW billing_quiet.contract_parameter_flag IS 'Values of flag parameters; null takes the value away';

CREATE VIEW billing_quiet.contract_parameter_date WITH (security_barrier) AS
  SELECT v.contract_id, v.parameter_id, p.title AS parameter_title, v.day AS value
  FROM contract_parameter v JOIN billing_parameter p USING (parameter_id) WHERE p.kind = 6;
COMMENT ON VIEW billing_quiet.contract_parameter_date IS 'Values of date parameters; null takes the value away';

-- Who writes: the role that logged in, whatever role it took on since.
CREATE FUNCTION billing_quiet_login() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'db:' || session_user $$;

CREATE FUNCTION billing_quiet_audit(what text, contract integer, before_ jsonb, after_ jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit (login, face, address, action, object, before, after)
  VALUES (billing_quiet_login(), 'database', host(inet_client_addr()), what, contract::text, before_, after_)
$$;

-- The row is locked, as every change of a contract locks it.
CREATE FUNCTION billing_quiet_contract(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM contract WHERE contract_id = wanted FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no contract %', coalesce(wanted::text, 'null') USING ERRCODE = 'foreign_key_violation';
  END IF;
END $$;

-- A line as the server takes it: without spaces around it, without control characters, of bounded length.
CREATE FUNCTION billing_quiet_line(name text, given text, most integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  line text := regexp_replace(coalesce(given, ''), '^\s+|\s+$', '', 'g');
BEGIN
  IF length(line) > most THEN
    RAISE EXCEPTION '%: % characters are more than %', name, length(line), most USING ERRCODE = 'string_data_right_truncation';
  END IF;
  IF line ~ '[\u0001-\u001f\u007f-\u009f]' THEN
    RAISE EXCEPTION '%: control characters are not taken', name USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN line;
END $$;

CREATE FUNCTION billing_quiet_text(name text, given text, most integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF length(given) > most THEN
    RAISE EXCEPTION '%: % characters are more than %', name, length(given), most USING ERRCODE = 'string_data_right_truncation';
  END IF;
  IF given ~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]' THEN
    RAISE EXCEPTION '%: control characters are not taken', name USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN coalesce(given, '');
END $$;

CREATE FUNCTION billing_quiet_comment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  line   text := billing_quiet_line('comment', NEW.comment, 1000);
  former text;
BEGIN
  IF (NEW.contract_id, NEW.title) IS DISTINCT FROM (OLD.contract_id, OLD.title) THEN
    RAISE EXCEPTION 'only the comment of a contract can be changed here' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM billing_quiet_contract(OLD.contract_id);
  SELECT comment INTO former FROM contract WHERE contract_id = OLD.contract_id;
  IF former <> line THEN
    UPDATE contract SET comment = line, version = version + 1, changed_at = now() WHERE contract_id = OLD.contract_id;
    PERFORM billing_quiet_audit('billing.contract.change', OLD.contract_id, jsonb_build_object('comment', former), jsonb_build_object('comment', line));
  END IF;
  NEW.comment := line;
  RETURN NEW;
END $$;

CREATE FUNCTION billing_quiet_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  former contract_note;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM billing_quiet_contract(OLD.contract_id);
    SELECT * INTO former FROM contract_note WHERE note_id = OLD.note_id;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    DELETE FROM contract_note WHERE note_id = OLD.note_id;
    PERFORM billing_quiet_audit('billing.note.delete', former.contract_id,
      jsonb_build_object('note', former.note_id, 'subject', former.subject, 'visible', former.visible), NULL);
    RETURN OLD;
  END IF;
  NEW.subject := billing_quiet_line('subject', NEW.subject, 500);
  NEW.text := billing_quiet_text('text', NEW.text, 100000);
  NEW.visible := coalesce(NEW.visible, false);
  NEW.login := billing_quiet_login();
  NEW.at := now();
  IF TG_OP = 'INSERT' THEN
    IF NEW.note_id IS NOT NULL THEN
      RAISE EXCEPTION 'note_id is given by the server: leave it out' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM billing_quiet_contract(NEW.contract_id);
    INSERT INTO contract_note (contract_id, subject, text, visible, login, at)
    VALUES (NEW.contract_id, NEW.subject, NEW.text, NEW.visible, NEW.login, NEW.at) RETURNING note_id INTO NEW.note_id;
    PERFORM billing_quiet_audit('billing.note.create', NEW.contract_id, NULL,
      jsonb_build_object('note', NEW.note_id, 'subject', NEW.subject, 'visible', NEW.visible));
    RETURN NEW;
  END IF;
  IF (NEW.note_id, NEW.contract_id) IS DISTINCT FROM (OLD.note_id, OLD.contract_id) THEN
    RAISE EXCEPTION 'a note keeps its number and its contract' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE contract_note SET subject = NEW.subject, text = NEW.text, visible = NEW.visible, operator_id = NULL, login = NEW.login, at = NEW.at
  WHERE note_id = OLD.note_id;
  PERFORM billing_quiet_audit('billing.note.change', NEW.contract_id,
    jsonb_build_object('note', NEW.note_id, 'subject', former.subject, 'visible', former.visible),
    jsonb_build_object('note', NEW.note_id, 'subject', NEW.subject, 'visible', NEW.visible));
  RETURN NEW;
END $$;

-- Stores a value of a parameter of one kind; `title` null takes it away. The same value leaves no trace, as through the server.
CREATE FUNCTION billing_quiet_store(contract integer, parameter integer, wanted smallint, title_ text, number_ bigint, day_ date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  about  billing_parameter;
  former contract_parameter;
BEGIN
  SELECT * INTO about FROM billing_parameter WHERE parameter_id = parameter;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no parameter %', coalesce(parameter::text, 'null') USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF about.kind <> wanted THEN
    RAISE EXCEPTION 'parameter % is of kind %, not %', parameter, about.kind, wanted
      USING ERRCODE = 'invalid_parameter_value', HINT = 'text is kind 1, a flag 5, a date 6; the other kinds are set through the server';
  END IF;
  PERFORM billing_quiet_contract(contract);
  SELECT * INTO former FROM contract_parameter WHERE contract_id = contract AND parameter_id = parameter;
  IF former.title IS NOT DISTINCT FROM title_ THEN
    RETURN;
  END IF;
  IF title_ IS NULL THEN
    DELETE FROM contract_parameter WHERE contract_id = contract AND parameter_id = parameter;
  ELSE
    INSERT INTO contract_parameter AS v (contract_id, parameter_id, title, number, day) VALUES (contract, parameter, title_, number_, day_)
    ON CONFLICT (contract_id, parameter_id) DO UPDATE SET title = excluded.title, number = excluded.number, day = excluded.day, detail = NULL,
      version = v.version + 1, changed_at = now();
  END IF;
  IF about.history THEN
    INSERT INTO contract_parameter_history (contract_id, parameter_id, title, former, login)
    VALUES (contract, parameter, coalesce(title_, ''), coalesce(former.title, ''), billing_quiet_login());
  END IF;
  PERFORM billing_quiet_audit('billing.parameter.change', contract,
    jsonb_build_object('parameter', parameter, 'value', coalesce(former.title, '')), jsonb_build_object('parameter', parameter, 'value', coalesce(title_, '')));
END $$;

CREATE FUNCTION billing_quiet_parameter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  line text;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.contract_id, NEW.parameter_id) IS DISTINCT FROM (OLD.contract_id, OLD.parameter_id) THEN
    RAISE EXCEPTION 'a value keeps its contract and its parameter: delete it there and insert it here' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF TG_OP = 'DELETE' THEN
    PERFORM billing_quiet_store(OLD.contract_id, OLD.parameter_id, TG_ARGV[0]::smallint, NULL, NULL, NULL);
    RETURN OLD;
  END IF;
  CASE TG_ARGV[0]
    WHEN '1' THEN
      line := billing_quiet_line('value', NEW.value::text, 2000);
      PERFORM billing_quiet_store(NEW.contract_id, NEW.parameter_id, 1::smallint, nullif(line, ''), NULL, NULL);
    WHEN '5' THEN
      PERFORM billing_quiet_store(NEW.contract_id, NEW.parameter_id, 5::smallint, NEW.value::boolean::int::text, NEW.value::boolean::int, NULL);
    WHEN '6' THEN
      IF NEW.value::text = 'infinity' OR NEW.value::text = '-infinity' OR extract(year FROM NEW.value::date) NOT BETWEEN 1900 AND 2200 THEN
        RAISE EXCEPTION 'value: a day is in the years 1900 to 2200' USING ERRCODE = 'datetime_field_overflow';
      END IF;
      PERFORM billing_quiet_store(NEW.contract_id, NEW.parameter_id, 6::smallint, to_char(NEW.value::date, 'DD.MM.YYYY'), NULL, NEW.value::date);
  END CASE;
  RETURN NEW;
END $$;

CREATE TRIGGER quiet INSTEAD OF UPDATE ON billing_quiet.contract FOR EACH ROW EXECUTE FUNCTION billing_quiet_comment();
CREATE TRIGGER quiet INSTEAD OF INSERT OR UPDATE OR DELETE ON billing_quiet.contract_note FOR EACH ROW EXECUTE FUNCTION billing_quiet_note();
CREATE TRIGGER quiet INSTEAD OF INSERT OR UPDATE OR DELETE ON billing_quiet.contract_parameter_text FOR EACH ROW EXECUTE FUNCTION billing_quiet_parameter(1);
CREATE TRIGGER quiet INSTEAD OF INSERT OR UPDATE OR DELETE ON billing_quiet.contract_parameter_flag FOR EACH ROW EXECUTE FUNCTION billing_quiet_parameter(5);
CREATE TRIGGER quiet INSTEAD OF INSERT OR UPDATE OR DELETE ON billing_quiet.contract_parameter_date FOR EACH ROW EXECUTE FUNCTION billing_quiet_parameter(6);

-- They run with the rights of the hub: nobody else may make triggers of them, and no object that a caller made is found before the hub's.
DO $$
DECLARE
  quiet regprocedure;
BEGIN
  FOR quiet IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'billing_quiet_') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', quiet);
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_catalog, pg_temp', quiet, current_schema());
  END LOOP;
END $$;

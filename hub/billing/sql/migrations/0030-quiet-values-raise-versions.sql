-- A value that is written through the quiet views is a change of the contract as any other: whoever read the contract before it, and changes it with
-- If-Match, is told. The function is that of 0015 with the one statement more.

-- Stores a value of a parameter of one kind; `title` null takes it away. The same value leaves no trace, as through the server.
CREATE OR REPLACE FUNCTION billing_quiet_store(contract integer, parameter integer, wanted smallint, title_ text, number_ bigint, day_ date) RETURNS void LANGUAGE plpgsql AS $$
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
  UPDATE contract AS c SET version = c.version + 1, changed_at = now() WHERE c.contract_id = contract;
  IF about.history THEN
    INSERT INTO contract_parameter_history (contract_id, parameter_id, title, former, login)
    VALUES (contract, parameter, coalesce(title_, ''), coalesce(former.title, ''), billing_quiet_login());
  END IF;
  PERFORM billing_quiet_audit('billing.parameter.change', contract,
    jsonb_build_object('parameter', parameter, 'value', coalesce(former.title, '')), jsonb_build_object('parameter', parameter, 'value', coalesce(title_, '')));
END $$;

-- What is replaced loses its settings, as in 0015.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION billing_quiet_store(integer, integer, smallint, text, bigint, date) SET search_path = %I, pg_catalog, pg_temp', current_schema());
END $$;

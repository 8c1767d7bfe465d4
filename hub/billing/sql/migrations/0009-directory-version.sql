-- A number that grows with every change of a directory: foreign programs keep directories and ask for it to know when they are out of date.
CREATE TABLE billing_directory_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint  NOT NULL DEFAULT 1
) WITH (fillfactor = 50);
INSERT INTO billing_directory_version DEFAULT VALUES;

-- Runs at the commit, when all other locks are held, so that the one row can neither delay a transaction nor deadlock with another; and once in each.
CREATE FUNCTION billing_directory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('billing.directory_told', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    UPDATE billing_directory_version SET version = version + 1;
    PERFORM set_config('billing.directory_told', pg_current_xact_id()::text, true);
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  directory text;
BEGIN
  FOREACH directory IN ARRAY ARRAY[
    'billing_domain', 'billing_group', 'billing_label', 'billing_status', 'billing_parameter', 'billing_parameter_group',
    'billing_parameter_group_member', 'billing_list_item', 'address_country', 'address_city', 'address_area', 'address_quarter',
    'address_street', 'address_house', 'contract_pattern', 'payment_type', 'charge_type', 'reserve_type', 'billing_module', 'billing_service',
    'service_set', 'tariff_plan', 'tariff_group', 'tariff_group_plan', 'tariff_option', 'tariff_option_mode'
  ] LOOP
    EXECUTE format(
      'CREATE CONSTRAINT TRIGGER directory_changed AFTER INSERT OR UPDATE OR DELETE ON %I
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_directory_changed()',
      directory
    );
  END LOOP;
END $$;

-- Whoever changes a directory or a fence says which version was read, so that nobody overwrites what another changed meanwhile.
DO $$
DECLARE
  directory text;
BEGIN
  FOREACH directory IN ARRAY ARRAY[
    'billing_domain', 'billing_group', 'billing_label', 'billing_status', 'billing_parameter', 'billing_parameter_group', 'billing_list_item',
    'address_country', 'address_city', 'address_area', 'address_quarter', 'address_street', 'address_house', 'inet_service_type', 'inet_device',
    'billing_operator'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN version integer NOT NULL DEFAULT 1', directory);
  END LOOP;
END $$;

-- Whether a label is used, and by whom.
CREATE INDEX contract_label_used ON contract_label (label_id);
-- Values of several items of a list, whose titles follow their items.
CREATE INDEX contract_parameter_items ON contract_parameter (parameter_id) WHERE (detail -> 'items') IS NOT NULL;

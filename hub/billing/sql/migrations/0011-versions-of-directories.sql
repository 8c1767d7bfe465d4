-- What administrators change has a version, so that two of them do not overwrite each other; tariff_plan has had one from the beginning.
ALTER TABLE contract_pattern ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE billing_module ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE billing_service ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE service_set ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE tariff_group ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE tariff_option ADD COLUMN version integer NOT NULL DEFAULT 1;

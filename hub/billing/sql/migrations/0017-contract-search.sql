-- Lists of contracts while somebody types (search-contracts.ts): each condition has an index, and a page of 25 does not read a million rows.
CREATE FUNCTION billing_groups_of(groups bigint) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY (SELECT bit FROM generate_series(0, 62) AS bit WHERE (groups >> bit) & 1 = 1);

COMMENT ON FUNCTION billing_groups_of IS 'The numbers of the groups in a mask';

CREATE INDEX contract_groups ON contract USING gin (billing_groups_of(groups)) WHERE groups <> 0;
-- In the order of lists, so that the first rows of a status or a domain are the page.
CREATE INDEX contract_status_folded ON contract (status, (lower(title)) COLLATE "C", contract_id);
CREATE INDEX contract_domain_folded ON contract (domain_id, (lower(title)) COLLATE "C", contract_id) WHERE domain_id <> 0;

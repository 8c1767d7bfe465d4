-- What other programs may read of the billing straight from the database (spec billing 8): names and columns here stay, the tables below them are no
-- interface. Views run with the rights of their owner, so a reader needs none on the tables; none of them holds a secret.
CREATE SCHEMA billing_read;
COMMENT ON SCHEMA billing_read IS 'Read-only views of the billing; see docs/billing.md';

CREATE VIEW billing_read.contract WITH (security_barrier) AS
  SELECT contract_id, title, comment, groups, date_from, date_to, CASE mode WHEN 1 THEN 'debit' ELSE 'credit' END AS balance_mode, parameter_group_id,
    CASE person_type WHEN 1 THEN 'company' ELSE 'person' END AS person_type, hidden, CASE WHEN super_id > 0 THEN super_id END AS super_contract_id, super_id = -1 AS is_super,
    super_id > 0 AND sub_mode = 0 AS is_dependent, status, status_from, pattern_id, balance_limit, NULLIF(domain_id, 0) AS domain_id, created_at, changed_at
  FROM contract;
COMMENT ON VIEW billing_read.contract IS 'Contracts that are not deleted, without passwords. groups: bit n for group n';

CREATE VIEW billing_read.contract_group WITH (security_barrier) AS
  SELECT c.contract_id, g.group_id, g.title, g.enabled FROM contract c JOIN billing_group g ON (c.groups >> g.group_id) & 1 = 1;
COMMENT ON VIEW billing_read.contract_group IS 'Groups of contracts';

CREATE VIEW billing_read.contract_label WITH (security_barrier) AS
  SELECT m.contract_id, l.label_id, l.parent_id, l.title FROM contract_label m JOIN billing_label l USING (label_id);
COMMENT ON VIEW billing_read.contract_label IS 'Labels of contracts';

CREATE VIEW billing_read.contract_domain WITH (security_barrier) AS
  SELECT c.contract_id, d.domain_id, d.parent_id, d.title FROM contract c JOIN billing_domain d USING (domain_id);
COMMENT ON VIEW billing_read.contract_domain IS 'Domains of contracts';

CREATE VIEW billing_read.contract_parameter WITH (security_barrier) AS
  SELECT v.contract_id, v.parameter_id, p.title AS parameter_title,
    (ARRAY['text', 'address', 'email', 'serviced_by', 'flag', 'date', 'list', 'contract', 'phone', 'separator', 'multilist'])[p.kind] AS kind, v.title AS text, v.number, v.day AS date,
    CASE WHEN p.kind = 7 THEN v.number END AS list_item_id, CASE WHEN p.kind = 2 THEN v.number END AS house_id, v.changed_at
  FROM contract_parameter v JOIN billing_parameter p USING (parameter_id);
COMMENT ON VIEW billing_read.contract_parameter IS 'Values of parameters, one row each. text: as people see it; number: flag, item, house or contract';

CREATE VIEW billing_read.contract_parameter_history WITH (security_barrier) AS
  SELECT history_id, contract_id, parameter_id, title AS text, former AS former_text, operator_id, login, at FROM contract_parameter_history;
COMMENT ON VIEW billing_read.contract_parameter_history IS 'What parameters were set to, when and by whom';

CREATE VIEW billing_read.contract_status WITH (security_barrier) AS
  SELECT p.status_id, p.contract_id, p.status, s.title AS status_title, p.date_from, p.date_to, p.comment FROM contract_status p JOIN billing_status s USING (status);
COMMENT ON VIEW billing_read.contract_status IS 'Status periods; an open end is null; those that begin in the future are planned';

CREATE VIEW billing_read.contract_status_log WITH (security_barrier) AS
  SELECT log_id, contract_id, status, date_from, date_to, comment, reason, operator_id, login, at FROM contract_status_log;
COMMENT ON VIEW billing_read.contract_status_log IS 'Who set which status, when and why';

CREATE VIEW billing_read.contract_balance WITH (security_barrier) AS
  SELECT contract_id, extract(year FROM month)::int AS year, extract(month FROM month)::int AS month, incoming, payments, accounts, charges,
    incoming + payments - accounts - charges AS outgoing
  FROM contract_balance;
COMMENT ON VIEW billing_read.contract_balance IS 'Months with movement; in a month without a row the outgoing balance of the last one before it holds';

CREATE VIEW billing_read.payment_type WITH (security_barrier) AS
  WITH RECURSIVE t AS (
    SELECT type_id, parent_id, title, is_class, editable, title AS class_path FROM payment_type WHERE parent_id IS NULL
    UNION ALL
    SELECT c.type_id, c.parent_id, c.title, c.is_class, c.editable, t.class_path || ' / ' || c.title FROM payment_type c JOIN t ON c.parent_id = t.type_id)
  SELECT * FROM t;
COMMENT ON VIEW billing_read.payment_type IS 'Types of payments with the path of their classes';

CREATE VIEW billing_read.charge_type WITH (security_barrier) AS
  WITH RECURSIVE t AS (
    SELECT type_id, parent_id, title, is_class, editable, payback, title AS class_path FROM charge_type WHERE parent_id IS NULL
    UNION ALL
    SELECT c.type_id, c.parent_id, c.title, c.is_class, c.editable, c.payback, t.class_path || ' / ' || c.title FROM charge_type c JOIN t ON c.parent_id = t.type_id)
  SELECT * FROM t;
COMMENT ON VIEW billing_read.charge_type IS 'Types of charges with the path of their classes';

CREATE VIEW billing_read.payment WITH (security_barrier) AS
  SELECT payment_id, contract_id, type_id, day AS date, sum, comment, external_source, external_id, operator_id, login, changed_at FROM contract_payment;
COMMENT ON VIEW billing_read.payment IS 'Payments';

CREATE VIEW billing_read.charge WITH (security_barrier) AS
  SELECT charge_id, contract_id, type_id, day AS date, sum, comment, operator_id, login, changed_at FROM contract_charge;
COMMENT ON VIEW billing_read.charge IS 'Charges';

CREATE VIEW billing_read.account WITH (security_barrier) AS
  SELECT contract_id, extract(year FROM month)::int AS year, extract(month FROM month)::int AS month, service_id, object_id, sum, until FROM contract_account;
COMMENT ON VIEW billing_read.account IS 'Amounts accrued for services, by object and month; until: the last day that is in it';

CREATE VIEW billing_read.reserve WITH (security_barrier) AS
  SELECT r.reserve_id, r.contract_id, r.type_id, t.title AS type_title, r.sum, r.date_from, r.date_to, r.closed_on, r.comment
  FROM contract_reserve r JOIN reserve_type t USING (type_id);
COMMENT ON VIEW billing_read.reserve IS 'Amounts that are held';

CREATE VIEW billing_read.contract_limit_log WITH (security_barrier) AS
  SELECT log_id, contract_id, value, comment, days, operator_id, login, at FROM contract_limit_log;
COMMENT ON VIEW billing_read.contract_limit_log IS 'Changes of limits; days: of a temporary one';

CREATE VIEW billing_read.contract_limit_plan WITH (security_barrier) AS
  SELECT plan_id, contract_id, value, due_on, state, operator_id, login, at FROM contract_limit_plan;
COMMENT ON VIEW billing_read.contract_limit_plan IS 'Planned returns of temporary limits';

CREATE VIEW billing_read.tariff_plan WITH (security_barrier) AS SELECT plan_id, title, title_web, used FROM tariff_plan;
COMMENT ON VIEW billing_read.tariff_plan IS 'Tariff plans';

CREATE VIEW billing_read.tariff_price WITH (security_barrier) AS SELECT price_id, plan_id, service_id, unit, price, valid_from, valid_to FROM tariff_price;
COMMENT ON VIEW billing_read.tariff_price IS 'Prices of plans';

CREATE VIEW billing_read.tariff_group WITH (security_barrier) AS
  SELECT g.tariff_group_id, g.title, m.plan_id, m.date_from, m.date_to FROM tariff_group g LEFT JOIN tariff_group_plan m USING (tariff_group_id);
COMMENT ON VIEW billing_read.tariff_group IS 'Groups of plans with their plans';

CREATE VIEW billing_read.contract_tariff WITH (security_barrier) AS
  SELECT t.contract_tariff_id, t.contract_id, t.plan_id, p.title AS plan_title, t.date_from, t.date_to, t.position, t.comment
  FROM contract_tariff t JOIN tariff_plan p USING (plan_id);
COMMENT ON VIEW billing_read.contract_tariff IS 'Plans of contracts; the lowest position of a day that prices a service wins';

CREATE VIEW billing_read.module WITH (security_barrier) AS SELECT module_id, name, title FROM billing_module;
COMMENT ON VIEW billing_read.module IS 'Module instances, without their settings';

CREATE VIEW billing_read.service WITH (security_barrier) AS SELECT service_id, module_id, title, unit, used FROM billing_service;
COMMENT ON VIEW billing_read.service IS 'Services of module instances';

CREATE VIEW billing_read.contract_module WITH (security_barrier) AS
  SELECT a.contract_id, a.module_id, m.title FROM contract_module a JOIN billing_module m USING (module_id);
COMMENT ON VIEW billing_read.contract_module IS 'Module instances of contracts';

CREATE VIEW billing_read.contract_service WITH (security_barrier) AS
  SELECT contract_service_id, contract_id, service_id, date_from, date_to, comment FROM contract_service;
COMMENT ON VIEW billing_read.contract_service IS 'Services of contracts';

CREATE VIEW billing_read.service_object WITH (security_barrier) AS
  SELECT service_object_id, contract_id, service_id, object_id, count, date_from, date_to, comment FROM service_object;
COMMENT ON VIEW billing_read.service_object IS 'What recurring fees are taken for';

CREATE VIEW billing_read.list_item WITH (security_barrier) AS SELECT item_id, parameter_id, title, position FROM billing_list_item;
COMMENT ON VIEW billing_read.list_item IS 'Items of list parameters';

CREATE VIEW billing_read.address_house WITH (security_barrier) AS
  SELECT h.house_id, h.house, h.frac, h.post_index, s.street_id, s.title AS street, c.city_id, c.title AS city, n.country_id, n.title AS country, a.title AS area, q.title AS quarter
  FROM address_house h JOIN address_street s USING (street_id) JOIN address_city c USING (city_id) JOIN address_country n USING (country_id)
  LEFT JOIN address_area a ON a.area_id = h.area_id LEFT JOIN address_quarter q ON q.quarter_id = h.quarter_id;
COMMENT ON VIEW billing_read.address_house IS 'Houses with their street, city and country';

CREATE VIEW billing_read.operator WITH (security_barrier) AS SELECT operator_id, login, display_name AS name, enabled FROM operator;
COMMENT ON VIEW billing_read.operator IS 'Operators: number, login, name, state';

CREATE VIEW billing_read.closed_date WITH (security_barrier) AS
  SELECT (ARRAY['all', 'payments', 'charges', 'accounts'])[type_id + 1] AS kind, day FROM closed_date;
COMMENT ON VIEW billing_read.closed_date IS 'Rows dated on or before it are closed';

REVOKE ALL ON SCHEMA billing_read FROM PUBLIC;

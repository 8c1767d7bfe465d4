import type { BillingBench } from './billing-bench.ts';

/** What stands in every row of contract 1 that holds a text: whoever sees the word sees the contract. */
export const MARK = 'сад';

/** One row of everything that operations can name, each with the number 1; what differs by kind has the number of its kind. */
const ROWS: readonly string[] = [
  `INSERT INTO operator (login, display_name, email, rights, password_hash) VALUES ('anna', 'Анна', 'anna@example.org', '{*}', 'x')`,
  `INSERT INTO billing_group (group_id, title) VALUES (1, 'Первая'), (2, 'Вторая')`,
  `INSERT INTO billing_label (title) VALUES ('Метка')`,
  `INSERT INTO billing_domain (title) VALUES ('Домен')`,
  `INSERT INTO billing_parameter_group (title) VALUES ('Физические лица')`,
  `INSERT INTO billing_parameter (kind, title) SELECT kind, 'Параметр ' || kind FROM generate_series(1, 11) kind`,
  `INSERT INTO billing_parameter_group_member (parameter_group_id, parameter_id) SELECT 1, parameter_id FROM billing_parameter`,
  `INSERT INTO billing_list_item (parameter_id, title) VALUES (7, 'Из списка'), (11, 'Из многих')`,
  `INSERT INTO address_country (title) VALUES ('Россия')`,
  `INSERT INTO address_city (country_id, title) VALUES (1, 'Тверь')`,
  `INSERT INTO address_area (city_id, title) VALUES (1, 'Центральный')`,
  `INSERT INTO address_quarter (city_id, title) VALUES (1, 'Первый')`,
  `INSERT INTO address_street (city_id, title) VALUES (1, 'Садовая')`,
  `INSERT INTO address_house (street_id, area_id, quarter_id, house, frac, params) VALUES (1, 1, 1, 1, 'а', '{"лифт":"есть"}')`,
  `INSERT INTO payment_type (title, is_class) VALUES ('Касса', false), ('Разное', true)`,
  `INSERT INTO charge_type (title, is_class) VALUES ('Ремонт', false), ('Разное', true)`,
  `INSERT INTO reserve_type (title) VALUES ('Резерв')`,
  `INSERT INTO billing_module (name, title) VALUES ('npay', 'Абонплата'), ('inet', 'Интернет'), ('bill', 'Счета')`,
  `INSERT INTO billing_service (module_id, title) VALUES (1, 'Абонентская плата'), (2, 'Доступ'), (1, 'Без договоров')`,
  `INSERT INTO service_set (module_id, title, services) VALUES (1, 'Основной', '{1}')`,
  `INSERT INTO tariff_plan (title) VALUES ('Базовый'), ('Без договоров')`,
  `INSERT INTO tariff_price (plan_id, service_id, unit, price) VALUES (1, 1, 'month', 310)`,
  `INSERT INTO tariff_group (title) VALUES ('Домашние'), ('Ничьи')`,
  `INSERT INTO tariff_group_plan (tariff_group_id, plan_id) VALUES (1, 1)`,
  `INSERT INTO tariff_option (title) VALUES ('Турбо'), ('Ночь')`,
  `INSERT INTO tariff_option_mode (option_id, title, charge_sum, charge_type_id) VALUES (1, 'На месяц', 50, 1), (2, 'На ночь', 10, 1)`,
  `INSERT INTO contract_pattern (title, parameter_group_id) VALUES ('Обычный', 1)`,
  `INSERT INTO inet_service_type (title) VALUES ('PPPoE')`,
  `INSERT INTO inet_device (title) VALUES ('Узел')`,
  // The contract, its head and its member.
  `INSERT INTO contract (title, comment, date_from, parameter_group_id, groups, pattern_id, status_from) VALUES ('text', 'сад', '2026-01-01', 1, 2, 1, '2026-01-01')`,
  `INSERT INTO contract (title, date_from, super_id) VALUES ('head', '2026-01-01', -1), ('member', '2026-01-01', 2)`,
  `INSERT INTO contract_status (contract_id, status, date_from) SELECT contract_id, 0, '2026-01-01' FROM contract`,
  `INSERT INTO contract_module SELECT 1, module_id FROM billing_module`,
  `INSERT INTO contract_service (contract_id, service_id, date_from, comment) VALUES (1, 1, '2026-01-01', 'сад')`,
  `INSERT INTO service_object (contract_id, service_id, date_from, comment) VALUES (1, 1, '2026-04-01', 'сад')`,
  `INSERT INTO contract_tariff (contract_id, plan_id, date_from, comment) VALUES (1, 1, '2026-04-01', 'сад')`,
  `INSERT INTO contract_tariff_group (contract_id, tariff_group_id, date_from, comment) VALUES (1, 1, '2026-01-01', 'сад')`,
  `INSERT INTO contract_tariff_option (contract_id, option_id, mode_id, time_from, time_to, login) VALUES (1, 1, 1, '2026-03-01', '2026-04-01', 'anna')`,
  `INSERT INTO contract_note (contract_id, subject, text, visible, operator_id, login) VALUES (1, 'сад', 'сад', true, 1, 'anna')`,
  `INSERT INTO contract_payment (contract_id, type_id, day, sum, comment, operator_id, login) VALUES (1, 1, '2026-03-10', 100, 'сад', 1, 'anna')`,
  `INSERT INTO contract_charge (contract_id, type_id, day, sum, comment, operator_id, login) VALUES (1, 1, '2026-03-11', 30, 'сад', 1, 'anna')`,
  `INSERT INTO contract_account (contract_id, month, service_id, object_id, sum, until) VALUES (1, '2026-03-01', 1, 1, 20, '2026-03-14')`,
  `INSERT INTO contract_balance (contract_id, month, payments, charges, accounts) VALUES (1, '2026-03-01', 100, 30, 20)`,
  `INSERT INTO contract_reserve (contract_id, type_id, sum, date_from) VALUES (1, 1, 5, '2026-03-01')`,
  `INSERT INTO contract_limit_log (contract_id, value, days, operator_id, login) VALUES (1, -10, 5, 1, 'anna')`,
  `INSERT INTO contract_limit_plan (contract_id, value, due_on, operator_id, login) VALUES (1, 0, '2026-03-20', 1, 'anna')`,
  `INSERT INTO contract_status_log (contract_id, status, date_from, comment, reason, operator_id, login) VALUES (1, 0, '2026-01-01', 'Создан', 'manual', 1, 'anna')`,
  `INSERT INTO contract_parameter (contract_id, parameter_id, title) VALUES (1, 1, 'сад')`,
  `INSERT INTO contract_parameter_history (contract_id, parameter_id, title, former, operator_id, login) VALUES (1, 1, 'сад', '', 1, 'anna')`,
  `INSERT INTO inet_service (contract_id, module_id, type_id, device_id, login, comment, macs, address_from, date_from)
   VALUES (1, 2, 1, 1, 'login', 'сад', '{0a0b0c0d0e0f}', '\\x0a000001', '2026-01-01')`,
];

/** Fills the database with one of everything. */
export async function seedCatalogue(bench: BillingBench): Promise<void> {
  for (const text of ROWS) await bench.rows(text);
}

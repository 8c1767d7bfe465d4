import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';

/** What needs an entry of a directory. Title null: a contract that the operator may not see. */
export type HolderRow = {
  kind: 'contract' | 'accounts' | 'tariff' | 'tariffGroup' | 'option' | 'pattern' | 'module' | 'service' | 'serviceSet';
  title: string | null;
};

/** Of each kind a few are named; only so many are looked at that a million contracts do not matter. */
const FEW = 3;
/** @param from tables with a condition; contracts are `c`, and `$2` to `$4` the fence */
const contracts = (from: string): string =>
  `(SELECT DISTINCT kind, title FROM (
     SELECT 'contract' AS kind, CASE WHEN ${fenceCondition(2)} THEN c.title END AS title FROM ${from} LIMIT 10 * ${FEW}) s LIMIT ${FEW})`;
const titled = (kind: HolderRow['kind'], from: string): string => `(SELECT DISTINCT '${kind}', t.title FROM ${from} LIMIT ${FEW})`;
const holders = (of: string, ...parts: readonly string[]) => statement<HolderRow>(`billing.holdersOf${of}`, parts.join('\nUNION ALL '));

/** `$1` its number, `$2` to `$4` the fence. */
export const holdersOfTariffPlan = holders(
  'TariffPlan',
  contracts('contract_tariff x JOIN contract c USING (contract_id) WHERE x.plan_id = $1'),
  titled('tariffGroup', 'tariff_group_plan x JOIN tariff_group t USING (tariff_group_id) WHERE x.plan_id = $1'),
  titled('option', 'tariff_option t WHERE $1 = ANY (t.tariffs)'),
  titled('pattern', 'contract_pattern t WHERE $1 = ANY (t.tariffs)'),
  titled('module', "billing_module t WHERE t.settings -> 'tariffs' @> to_jsonb($1::int)"),
);

/** The same. */
export const holdersOfModule = holders(
  'Module',
  contracts('contract_module x JOIN contract c USING (contract_id) WHERE x.module_id = $1'),
  contracts('inet_service x JOIN contract c USING (contract_id) WHERE x.module_id = $1'),
  titled('service', 'billing_service t WHERE t.module_id = $1'),
  titled('serviceSet', 'service_set t WHERE t.module_id = $1'),
  titled('pattern', 'contract_pattern t WHERE $1 = ANY (t.modules)'),
);

/** The same. */
export const holdersOfService = holders(
  'Service',
  contracts('service_object x JOIN contract c USING (contract_id) WHERE x.service_id = $1'),
  contracts('contract_service x JOIN contract c USING (contract_id) WHERE x.service_id = $1'),
  titled('tariff', 'tariff_price x JOIN tariff_plan t USING (plan_id) WHERE x.service_id = $1'),
  titled('serviceSet', 'service_set t WHERE $1 = ANY (t.services)'),
  "(SELECT 'accounts', NULL WHERE EXISTS (SELECT FROM contract_account WHERE service_id = $1))",
);

/** `$1` its number. */
export const holdersOfServiceSet = holders(
  'ServiceSet',
  `(SELECT 'module' AS kind, t.title FROM billing_module t WHERE t.settings -> 'serviceSet' = to_jsonb($1::int) LIMIT ${FEW})`,
);

/** `$1` its number, `$2` to `$4` the fence. */
export const holdersOfTariffGroup = holders(
  'TariffGroup',
  contracts('contract_tariff_group x JOIN contract c USING (contract_id) WHERE x.tariff_group_id = $1'),
);

/** The same. */
export const holdersOfTariffOption = holders(
  'TariffOption',
  contracts('contract_tariff_option x JOIN contract c USING (contract_id) WHERE x.option_id = $1'),
  titled('option', 'tariff_option t WHERE $1 = ANY (t.depends) OR $1 = ANY (t.incompatible)'),
);

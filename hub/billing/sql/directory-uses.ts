import { statement } from '../../core/database/statement.ts';

/**
 * Who refers to an entry of a directory, `$1`: a column for each of those that may, by the words of directories/users.ts. The queries read whole tables
 * where nothing else asks for them; entries are deleted seldom.
 */
const uses = (name: string, users: Readonly<Record<string, string>>) =>
  statement<Record<string, boolean>>(
    `billing.usesOf.${name}`,
    `SELECT ${Object.entries(users)
      .map(([user, condition]) => `EXISTS (SELECT FROM ${condition}) AS ${user}`)
      .join(', ')}`,
  );

const BIT = '(1::bigint << $1::int)';

export const groupUses = uses('group', {
  contracts: `contract WHERE groups & ${BIT} <> 0`,
  patterns: `contract_pattern WHERE groups & ${BIT} <> 0`,
  fences: `billing_operator WHERE groups & ${BIT} <> 0`,
  modules: `billing_module WHERE settings -> 'groups' @> to_jsonb($1::int)`,
  tariffs: `(SELECT groups FROM tariff_plan UNION ALL SELECT groups | hide_groups FROM tariff_option) AS t WHERE groups & ${BIT} <> 0`,
});

export const labelUses = uses('label', {
  contracts: 'contract_label WHERE label_id = $1::int',
  modules: `billing_module WHERE settings -> 'labels' @> to_jsonb($1::int)`,
  below: 'billing_label WHERE parent_id = $1::int',
});

export const domainUses = uses('domain', {
  contracts: 'contract WHERE domain_id = $1::int',
  patterns: 'contract_pattern WHERE domain_id = $1::int',
  fences: 'billing_operator WHERE $1::int = ANY (domains)',
  below: 'billing_domain WHERE parent_id = $1::int',
});

export const statusUses = uses('status', {
  contracts: 'contract_status WHERE status = $1::int',
  patterns: 'contract_pattern WHERE status = $1::int',
  modules: `billing_module WHERE to_jsonb($1::int) IN (settings -> 'activeStatus', settings -> 'lockedStatus')
    OR settings ->> 'statusPairs' ~ ('(^|[,:\\s])' || $1::int || '($|[,:\\s])')`,
});

export const parameterUses = uses('parameter', {
  values: 'contract_parameter WHERE parameter_id = $1::int',
  fences: 'billing_operator WHERE parameter_rules ? $1::int::text',
  groups: 'billing_parameter_group_member WHERE parameter_id = $1::int',
});

export const parameterGroupUses = uses('parameterGroup', {
  contracts: 'contract WHERE parameter_group_id = $1::int',
  patterns: 'contract_pattern WHERE parameter_group_id = $1::int',
});

/** Of one item, or of several together. */
export const itemUses = uses('item', {
  values: `billing_list_item i JOIN contract_parameter v USING (parameter_id)
    WHERE i.item_id = $1::int AND (v.number = i.item_id OR (v.detail -> 'items') IS NOT NULL AND (v.detail -> 'items')::jsonb @> to_jsonb(i.item_id))`,
});

export const countryUses = uses('country', { below: 'address_city WHERE country_id = $1::int' });
export const cityUses = uses('city', {
  below: `(SELECT city_id FROM address_street UNION ALL SELECT city_id FROM address_area UNION ALL SELECT city_id FROM address_quarter) AS t WHERE city_id = $1::int`,
});
export const areaUses = uses('area', { below: 'address_house WHERE area_id = $1::int' });
export const quarterUses = uses('quarter', { below: 'address_house WHERE quarter_id = $1::int' });
export const streetUses = uses('street', { below: 'address_house WHERE street_id = $1::int' });
export const houseUses = uses('house', {
  values: `billing_parameter p JOIN contract_parameter v USING (parameter_id) WHERE p.kind = 2 AND v.number = $1::int`,
});

export const deviceUses = uses('device', {
  services: 'inet_service WHERE device_id = $1::int',
  below: 'inet_device WHERE parent_id = $1::int',
});
export const inetTypeUses = uses('inetType', { services: 'inet_service WHERE type_id = $1::int' });

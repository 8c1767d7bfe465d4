import { statement } from '../../core/database/statement.ts';
import type { Address } from '../parameter-value.ts';

/** Values of contracts show the title of what they refer to; here it follows a change of the directory. */

/** The item `$1` of the list of parameter `$2` is called `$3` now: values that are this one item. */
export const retitleSingle = statement(
  'billing.retitleSingle',
  'UPDATE contract_parameter SET title = $3, version = version + 1, changed_at = now() WHERE parameter_id = $2 AND number = $1',
);

/** The same: values of several items, whose title is made of all of theirs. */
export const retitleSeveral = statement(
  'billing.retitleSeveral',
  `UPDATE contract_parameter v SET version = v.version + 1, changed_at = now(), title = (
     SELECT string_agg(i.title, ', ' ORDER BY chosen.place)
     FROM json_array_elements_text(v.detail -> 'items') WITH ORDINALITY AS chosen (item, place) JOIN billing_list_item i ON i.item_id = chosen.item::int)
   WHERE v.parameter_id = $2 AND (v.detail -> 'items') IS NOT NULL AND (v.detail -> 'items')::jsonb @> to_jsonb($1::int)`,
);

export type AddressValueRow = { contractId: number; parameterId: number; houseId: number; title: string; address: Address };

/** Values that are an address in one of the houses `$2`, among the parameters `$1`. */
export const addressValues = statement<AddressValueRow>(
  'billing.addressValues',
  `SELECT v.contract_id AS "contractId", v.parameter_id AS "parameterId", v.number::int AS "houseId", v.title, v.detail -> 'address' AS address
   FROM contract_parameter v
   WHERE v.parameter_id = ANY ($1::int[]) AND v.number = ANY ($2::bigint[]) AND (v.detail -> 'address') IS NOT NULL
   ORDER BY v.contract_id, v.parameter_id`,
);

/** `$1` contracts, `$2` their parameters, `$3` the titles now. */
export const retitleAddresses = statement(
  'billing.retitleAddresses',
  `UPDATE contract_parameter v SET title = changed.title, version = v.version + 1, changed_at = now()
   FROM unnest($1::int[], $2::int[], $3::text[]) AS changed (contract_id, parameter_id, title)
   WHERE v.contract_id = changed.contract_id AND v.parameter_id = changed.parameter_id`,
);

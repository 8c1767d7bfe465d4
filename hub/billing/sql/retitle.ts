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

/** What of the directory of addresses an address is made of, as a column of the house, its street or its city. */
const PLACES = {
  country: 't.country_id',
  city: 's.city_id',
  area: 'h.area_id',
  quarter: 'h.quarter_id',
  street: 'h.street_id',
  house: 'h.house_id',
} as const;
export type Place = keyof typeof PLACES;

const addressValuesIn = (place: Place) =>
  statement<AddressValueRow>(
    `billing.addressValues.${place}`,
    `SELECT v.contract_id AS "contractId", v.parameter_id AS "parameterId", v.number AS "houseId", v.title, v.detail -> 'address' AS address
     FROM billing_parameter p JOIN contract_parameter v USING (parameter_id)
     WHERE p.kind = 2 AND (v.detail -> 'address') IS NOT NULL AND (v.contract_id, v.parameter_id) > ($2, $3) AND v.number IN (
       SELECT h.house_id FROM address_house h JOIN address_street s USING (street_id) JOIN address_city t USING (city_id) WHERE ${PLACES[place]} = $1)
     ORDER BY v.contract_id, v.parameter_id LIMIT $4`,
  );

/** Values that are an address in the place `$1`, behind the contract `$2` and its parameter `$3`, at most `$4`. */
export const ADDRESS_VALUES: Readonly<Record<Place, ReturnType<typeof addressValuesIn>>> = {
  country: addressValuesIn('country'),
  city: addressValuesIn('city'),
  area: addressValuesIn('area'),
  quarter: addressValuesIn('quarter'),
  street: addressValuesIn('street'),
  house: addressValuesIn('house'),
};

/** `$1` contracts, `$2` their parameters, `$3` the titles now. */
export const retitleAddresses = statement(
  'billing.retitleAddresses',
  `UPDATE contract_parameter v SET title = changed.title, version = v.version + 1, changed_at = now()
   FROM unnest($1::int[], $2::int[], $3::text[]) AS changed (contract_id, parameter_id, title)
   WHERE v.contract_id = changed.contract_id AND v.parameter_id = changed.parameter_id`,
);

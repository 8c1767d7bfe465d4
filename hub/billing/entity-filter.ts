import { parseHouse } from './address-title.ts';
import { badValue } from './bad-value.ts';
import { containsText } from './contains-text.ts';
import { likeText } from './match-title.ts';
import type { Kind } from './parameter-kind.ts';
import { matchesExpression } from './slow-expression.ts';

/** A filter by parameters, as the catalogue's beans have it (chapter 5); `entitySpecAttrIds` empty: any parameter of that kind (spec 2.2). */
export type EntityFilter = { readonly entitySpecAttrIds?: readonly number[] | null } & (
  | { readonly $type: 'filterEntityAttrText' | 'filterEntityAttrEmail'; readonly value?: string | null }
  | { readonly $type: 'filterEntityAttrPhone'; readonly value?: string | null; readonly mode: number }
  | {
      readonly $type:
        | 'filterEntityAttrHouse'
        | 'filterEntityAttrInt'
        | 'filterEntityAttrList'
        | 'filterEntityAttrMultiList'
        | 'filterEntityAttrContract';
      readonly value: number;
    }
  | { readonly $type: 'filterEntityAttrBoolean'; readonly value: boolean }
  | {
      readonly $type: 'filterEntityAttrDate';
      readonly periodFrom?: Temporal.PlainDate | null;
      readonly periodTo?: Temporal.PlainDate | null;
    }
  | {
      readonly $type: 'filterEntityAttrAddress';
      readonly cityId: number;
      readonly streetId: number;
      /** Only in actions. */
      readonly houseId?: number;
      readonly house?: string | null;
      readonly frac?: string | null;
      readonly flat?: string | null;
      readonly room?: string | null;
      readonly pod: number;
    }
);

/** Adds a parameter to the statement that is composed. @returns how the statement names it: `$7` */
export type Bind = (value: string | number | bigint | readonly number[] | Temporal.PlainDate) => string;

const LONGEST = 256;

/** The kinds of parameters among which a filter looks. */
export const FILTER_KINDS: Readonly<Record<EntityFilter['$type'], readonly Kind[]>> = {
  filterEntityAttrText: [1, 4],
  filterEntityAttrEmail: [3],
  filterEntityAttrPhone: [9],
  filterEntityAttrHouse: [2],
  filterEntityAttrInt: [1],
  filterEntityAttrList: [7],
  filterEntityAttrMultiList: [11],
  filterEntityAttrContract: [8],
  filterEntityAttrBoolean: [5],
  filterEntityAttrDate: [6],
  filterEntityAttrAddress: [2],
};

function bounded(value: string | null | undefined): string {
  const text = value ?? '';
  if (text.length > LONGEST)
    throw badValue('entityFilter', `${text.length} characters are more than ${LONGEST}`, `длиннее ${LONGEST} знаков`);
  return text;
}

const contains = (bind: Bind, value: string | null | undefined): string => {
  const text = bounded(value);
  return text === '' ? 'true' : containsText('p.title', text, bind);
};

/** One of the phones of the value `p`: 0 equal, 1 like, 2 a regular expression (catalogue 5.1). What is no expression is refused by its caller. */
function phoneCondition(bind: Bind, value: string | null | undefined, mode: number): string {
  const text = bounded(value);
  if (text === '') return 'true';
  const compare = new Map([
    [0, () => `e->>'phone' = ${bind(text)}::text`],
    [1, () => `e->>'phone' ILIKE ${bind(`%${likeText(text)}%`)}::text`],
    [2, () => matchesExpression("e->>'phone'", bind(text))],
  ]).get(mode);
  if (!compare)
    throw badValue('entityFilter', `the mode ${mode} of a phone filter is none of 0, 1, 2`, 'режим поиска телефона — 0, 1 или 2');
  return `EXISTS (SELECT FROM json_array_elements(p.detail->'phones') e WHERE ${compare()})`;
}

function addressCondition(bind: Bind, filter: Extract<EntityFilter, { $type: 'filterEntityAttrAddress' }>): string {
  const houses: string[] = [];
  if (filter.cityId > 0) houses.push(`s.city_id = ${bind(filter.cityId)}`);
  if (filter.streetId > 0) houses.push(`h.street_id = ${bind(filter.streetId)}`);
  if (filter.houseId !== undefined && filter.houseId > 0) houses.push(`h.house_id = ${bind(filter.houseId)}`);
  const house = bounded(filter.house).trim();
  const frac = bounded(filter.frac).trim();
  if (house !== '') {
    const parsed = parseHouse(house);
    if (!parsed) throw badValue('entityFilter', `${JSON.stringify(house)} is no number of a house`, `неверный номер дома ${house}`);
    houses.push(`h.house = ${bind(parsed.house)}`);
    if (parsed.frac !== '') houses.push(`lower(ltrim(h.frac, '/')) = lower(${bind(parsed.frac)})`);
  }
  if (frac !== '') houses.push(`lower(ltrim(h.frac, '/')) = lower(${bind(frac.replace(/^\//, ''))})`);
  const own: string[] = [];
  if (houses.length > 0)
    own.push(`p.number IN (SELECT h.house_id FROM address_house h JOIN address_street s USING (street_id) WHERE ${houses.join(' AND ')})`);
  for (const part of ['flat', 'room'] as const) {
    const text = bounded(filter[part]).trim();
    if (text !== '') own.push(`lower(p.detail->'address'->>'${part}') = lower(${bind(text)})`);
  }
  if (filter.pod > 0) own.push(`(p.detail->'address'->>'pod')::int = ${bind(filter.pod)}`);
  return own.length === 0 ? 'true' : own.join(' AND ');
}

/** The condition on a value by the alias `p`. @throws HubError BAD_REQUEST (`entityFilter`) */
export function valueCondition(filter: EntityFilter, bind: Bind): string {
  switch (filter.$type) {
    case 'filterEntityAttrText':
    case 'filterEntityAttrEmail':
      return contains(bind, filter.value);
    case 'filterEntityAttrPhone':
      return phoneCondition(bind, filter.value, filter.mode);
    case 'filterEntityAttrInt':
      return `p.title = ${bind(String(filter.value))}`;
    case 'filterEntityAttrHouse':
    case 'filterEntityAttrList':
    case 'filterEntityAttrContract':
      return `p.number = ${bind(filter.value)}`;
    case 'filterEntityAttrMultiList':
      return `(p.detail->'items')::jsonb @> ${bind(String(filter.value))}::jsonb`;
    case 'filterEntityAttrBoolean':
      return `p.number = ${bind(filter.value ? 1 : 0)}`;
    case 'filterEntityAttrDate': {
      const bounds: string[] = [];
      if (filter.periodFrom) bounds.push(`p.day >= ${bind(filter.periodFrom)}::date`);
      if (filter.periodTo) bounds.push(`p.day <= ${bind(filter.periodTo)}::date`);
      return bounds.length === 0 ? 'p.day IS NOT NULL' : bounds.join(' AND ');
    }
    case 'filterEntityAttrAddress':
      return addressCondition(bind, filter);
  }
}

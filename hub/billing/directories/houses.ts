import * as z from 'zod';
import { houseTitle } from '../address-title.ts';
import type { Entry } from '../directory-entry.ts';
import { retitlePlace } from '../retitle-values.ts';
import { textColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { houseUses } from '../sql/directory-uses.ts';
import { AREAS, QUARTERS, STREETS } from './addresses.ts';
import { type Directory, directory } from './directory.ts';
import { day, line, number, pairs, reference } from './fields.ts';
import { usedBy } from './users.ts';
import { wrongField } from './wrong-field.ts';

export type House = Entry & {
  street_id: number;
  house: number;
  frac: string;
  post_index: string;
  area_id: number | null;
  quarter_id: number | null;
};

/** What of a house stands in the addresses of contracts. */
const IN_ADDRESS = ['street_id', 'house', 'frac', 'post_index', 'area_id', 'quarter_id'] as const;

const title = z.string();

/** Houses, to which the addresses of contracts lead. */
export const HOUSES: Directory<House> = directory<House>({
  name: 'house',
  path: 'houses',
  one: { en: 'house', ru: 'дом' },
  many: { en: 'houses', ru: 'дома' },
  table: directoryTable({
    name: 'houseOf',
    table: 'address_house',
    id: 'house_id',
    columns: {
      street_id: 'street_id',
      house: 'house',
      frac: 'frac',
      area_id: 'area_id',
      quarter_id: 'quarter_id',
      post_index: 'post_index',
      pods: 'pods',
      amount: 'amount',
      built_on: textColumn('built_on'),
      comment: 'comment',
      params: 'params',
    },
    shown: { street: 's.title', city: 'c.title', city_id: 's.city_id' },
    join: 'JOIN address_street s USING (street_id) JOIN address_city c ON c.city_id = s.city_id',
    order: ['street_id', 'house', 'frac'],
    filters: {
      city_id: ['s.city_id', 'int'],
      street_id: ['t.street_id', 'int'],
      area_id: ['t.area_id', 'int'],
      quarter_id: ['t.quarter_id', 'int'],
      house: ['t.house', 'int'],
    },
    searched: 's.title',
    unique: { street_id: 'int', house: 'int', frac: 'text' },
  }),
  fields: {
    street_id: reference(() => STREETS, { en: 'its street', ru: 'улица' }),
    house: number(0, 1_000_000_000, { en: 'number', ru: 'номер' }),
    frac: line(30, { en: 'fraction: a letter, or what follows the stroke', ru: 'дробь: буква или то, что после черты' }, { default: '' }),
    post_index: line(20, { en: 'post code', ru: 'почтовый индекс' }, { default: '' }),
    area_id: reference(() => AREAS, { en: 'its area', ru: 'район' }, { optional: true }),
    quarter_id: reference(() => QUARTERS, { en: 'its quarter', ru: 'квартал' }, { optional: true }),
    pods: line(1_000, { en: 'entrances', ru: 'подъезды' }, { default: '' }),
    amount: number(0, 1_000_000, { en: 'number of flats', ru: 'число квартир' }, { default: 0 }),
    built_on: day({ en: 'day on which it was built or connected', ru: 'дата постройки или подключения' }),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
    params: pairs({ en: 'names and values that the site keeps of it', ru: 'прочие сведения: имена и значения' }),
  },
  shown: {
    street: { schema: title, words: { en: 'title of the street', ru: 'улица' } },
    city: { schema: title, words: { en: 'title of the city', ru: 'город' } },
    city_id: { schema: z.int(), words: { en: 'number of the city', ru: 'номер города' } },
  },
  async check(tx, _act, next) {
    const { house, frac } = next;
    // A number is read back from what is written of it, `5/1`.
    if (/^\//.test(frac))
      throw wrongField('frac', 'stroke', {
        en: `the stroke is not part of it: ${houseTitle(house, frac.slice(1))}`,
        ru: 'черта не входит в дробь',
      });
    const [street] = await STREETS.table.byId(tx, next.street_id);
    for (const [field, { table, one }] of [
      ['area_id', AREAS],
      ['quarter_id', QUARTERS],
    ] as const) {
      const wanted = next[field];
      const [part] = wanted === null ? [] : await table.byId(tx, wanted);
      if (part && part['city_id'] !== street?.['city_id'])
        throw wrongField(field, 'city', { en: `the ${one.en} ${wanted} is in another city`, ru: `${one.ru} ${wanted}: в другом городе` });
    }
  },
  async stored(tx, _act, next, before) {
    if (before && IN_ADDRESS.some((field) => before[field] !== next[field])) await retitlePlace(tx, 'house', next.id);
  },
  uses: usedBy(houseUses),
});

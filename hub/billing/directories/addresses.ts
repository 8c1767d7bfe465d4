import type { Transaction } from '../../core/database/statement.ts';
import type { Act } from '../act.ts';
import type { Entry } from '../directory-entry.ts';
import { retitlePlace } from '../retitle-values.ts';
import type { Place } from '../sql/addresses.ts';
import { directoryTable, type TableShape } from '../sql/directory-table.ts';
import { areaUses, cityUses, countryUses, quarterUses, streetUses } from '../sql/directory-uses.ts';
import { type Directory, directory } from './directory.ts';
import { type Field, line, number, reference, type Words } from './fields.ts';
import { usedBy } from './users.ts';

/** A place that houses stand in. What is called otherwise is so in the addresses of contracts, too. */
export type PlaceEntry = Entry & { title: string };

const TITLE: Words = { en: 'title', ru: 'название' };

/** Addresses of contracts follow a new title. */
export const retitles =
  (place: Place) =>
  async (tx: Transaction, _act: Act, next: PlaceEntry, before: PlaceEntry | undefined): Promise<void> => {
    if (before && before.title !== next.title) await retitlePlace(tx, place, next.id);
  };

const table = (name: Place, plural: string, above: string | undefined, more: Partial<TableShape> = {}) => {
  const above_ = above === undefined ? {} : { [above]: above };
  return directoryTable<PlaceEntry>({
    name: plural,
    table: `address_${name}`,
    id: `${name}_id`,
    columns: { title: 'title', ...above_ },
    order: ['title'],
    ...(above !== undefined && { filters: { [above]: [`t.${above}`, 'int'] } }),
    unique: { ...(above !== undefined && { [above]: 'int' }), title: 'text' },
    ...more,
  });
};

/** Countries, of the directory of addresses. */
export const COUNTRIES: Directory<PlaceEntry> = directory<PlaceEntry>({
  name: 'country',
  path: 'countries',
  one: { en: 'country', ru: 'страна' },
  many: { en: 'countries', ru: 'страны' },
  table: table('country', 'countriesOf', undefined),
  fields: { title: line(200, TITLE) },
  stored: retitles('country'),
  uses: usedBy(countryUses),
});

export const CITIES: Directory<PlaceEntry> = directory<PlaceEntry>({
  name: 'city',
  path: 'cities',
  one: { en: 'city', ru: 'город' },
  many: { en: 'cities', ru: 'города' },
  table: table('city', 'citiesOf', 'country_id', {
    columns: { title: 'title', country_id: 'country_id', position: 'position' },
    order: ['position', 'title'],
  }),
  fields: {
    title: line(200, TITLE),
    country_id: reference(() => COUNTRIES, { en: 'its country; it stays', ru: 'страна; не меняется' }, { fixed: true }),
    position: number(-1_000_000, 1_000_000, { en: 'place among the cities', ru: 'место среди городов' }, { default: 0 }),
  },
  stored: retitles('city'),
  uses: usedBy(cityUses),
});

/** What a city is divided into. Its city stays: houses stand there. */
const partOfCity = (about: {
  name: Place;
  path: string;
  one: Words;
  many: Words;
  uses: NonNullable<Directory['uses']>;
}): Directory<PlaceEntry> => {
  const fields: Record<string, Field> = {
    title: line(200, TITLE),
    city_id: reference(() => CITIES, { en: 'its city; it stays', ru: 'город; не меняется' }, { fixed: true }),
  };
  return directory<PlaceEntry>({ ...about, table: table(about.name, `${about.name}sOf`, 'city_id'), fields, stored: retitles(about.name) });
};

export const AREAS = partOfCity({
  name: 'area',
  path: 'areas',
  one: { en: 'area', ru: 'район' },
  many: { en: 'areas of cities', ru: 'районы городов' },
  uses: usedBy(areaUses),
});

export const QUARTERS = partOfCity({
  name: 'quarter',
  path: 'quarters',
  one: { en: 'quarter', ru: 'квартал' },
  many: { en: 'quarters of cities', ru: 'кварталы городов' },
  uses: usedBy(quarterUses),
});

export const STREETS = partOfCity({
  name: 'street',
  path: 'streets',
  one: { en: 'street', ru: 'улица' },
  many: { en: 'streets of cities', ru: 'улицы городов' },
  uses: usedBy(streetUses),
});

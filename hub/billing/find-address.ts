import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { likeText } from './match-title.ts';
import { boundsOf, countKnownBy, type PageBean, type PageWish, pageBean, requireBounded } from './page.ts';
import {
  type CityRow,
  cityById,
  countHouses,
  countStreets,
  type HouseRow,
  houses,
  type StreetRow,
  streetById,
  streets,
} from './sql/addresses.ts';

const LONGEST = 200;

/** A pattern of LIKE for titles that contain a text; null: any. @throws HubError BAD_REQUEST */
export function titlePart(parameter: string, text: string | null | undefined): string | null {
  const part = (text ?? '').trim();
  if (part.length > LONGEST) throw badValue(parameter, `${part.length} characters are more than ${LONGEST}`, `длиннее ${LONGEST} знаков`);
  return part === '' ? null : `%${likeText(part)}%`;
}

/** @throws HubError NOT_FOUND */
export async function findCity(db: Queryable, id: number): Promise<CityRow> {
  const [city] = await cityById(db, id);
  if (!city) throw new HubError('NOT_FOUND', `there is no city ${id}`, { reason: 'city', russian: `Город не найден: ${id}` });
  return city;
}

/** @throws HubError NOT_FOUND */
export async function findStreet(db: Queryable, id: number): Promise<StreetRow> {
  const [street] = await streetById(db, id);
  if (!street) throw new HubError('NOT_FOUND', `there is no street ${id}`, { reason: 'street', russian: `Улица не найдена: ${id}` });
  return street;
}

export interface StreetSearch {
  /** 0: any. */
  readonly cityId: number;
  readonly title?: string | null;
  readonly cityTitle?: string | null;
  readonly page: PageWish;
}

/** Streets by their title. @throws HubError BAD_REQUEST, CONFLICT (too many rows) */
export async function findStreets(db: Queryable, act: Act, search: StreetSearch): Promise<{ rows: StreetRow[]; page: PageBean }> {
  const { limit, offset } = boundsOf(search.page, act.settings);
  const values = [search.cityId, titlePart('title', search.title), titlePart('cityTitle', search.cityTitle)] as const;
  const rows = await streets(db, ...values, limit, offset);
  requireBounded(search.page, rows.length, act.settings);
  const count = countKnownBy(search.page, rows.length) ?? (await countStreets(db, ...values))[0]?.count ?? 0;
  return { rows, page: pageBean(search.page, count) };
}

/** Of numbers 0 is any. */
export interface HouseSearch {
  readonly cityId: number;
  readonly areaId: number;
  readonly streetId: number;
  readonly quarterId: number;
  readonly house: number;
  readonly frac?: string | null;
  readonly page: PageWish;
}

/** Houses by where they stand. @throws HubError BAD_REQUEST, CONFLICT (too many rows) */
export async function findHouses(db: Queryable, act: Act, search: HouseSearch): Promise<{ rows: HouseRow[]; page: PageBean }> {
  const { limit, offset } = boundsOf(search.page, act.settings);
  const { cityId, areaId, streetId, quarterId, house } = search;
  const values = [cityId, areaId, streetId, quarterId, house, search.frac ? search.frac.trim() : null] as const;
  const rows = await houses(db, ...values, limit, offset);
  requireBounded(search.page, rows.length, act.settings);
  const count = countKnownBy(search.page, rows.length) ?? (await countHouses(db, ...values))[0]?.count ?? 0;
  return { rows, page: pageBean(search.page, count) };
}

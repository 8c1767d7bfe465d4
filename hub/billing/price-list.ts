import type { PriceUnit } from './fee-rules.ts';

/** A price of a service, from day to day, both included; null: an open end. */
export interface ListedPrice {
  readonly serviceId: number;
  readonly unit: PriceUnit;
  readonly price: string;
  readonly dateFrom: Temporal.PlainDate | null;
  readonly dateTo: Temporal.PlainDate | null;
}

/** A price from some day on; null: from then on there is none. */
export interface NewPrice {
  readonly serviceId: number;
  readonly unit: PriceUnit;
  readonly price: string | null;
}

const { compare } = Temporal.PlainDate;
const begins = ({ dateFrom }: ListedPrice, day: Temporal.PlainDate): boolean => dateFrom === null || compare(dateFrom, day) <= 0;
const lasts = ({ dateTo }: ListedPrice, day: Temporal.PlainDate): boolean => dateTo === null || compare(dateTo, day) >= 0;
const keyOf = ({ serviceId, unit }: Pick<ListedPrice, 'serviceId' | 'unit'>): string => `${serviceId} ${unit}`;

/** What services cost on a day: of one service and unit the price that began last counts (fee-rules.ts). */
export function pricesOn(list: readonly ListedPrice[], day: Temporal.PlainDate): ListedPrice[] {
  const now = new Map<string, ListedPrice>();
  for (const price of list) {
    const former = now.get(keyOf(price));
    const later = !former?.dateFrom || (price.dateFrom !== null && compare(price.dateFrom, former.dateFrom) >= 0);
    if (begins(price, day) && lasts(price, day) && later) now.set(keyOf(price), price);
  }
  return [...now.values()];
}

/** What the list says of the days up to this one. */
export const pricesUntil = (list: readonly ListedPrice[], day: Temporal.PlainDate): ListedPrice[] =>
  list.filter((price) => begins(price, day)).map((price) => ({ ...price, dateTo: lasts(price, day) ? day : price.dateTo }));

/**
 * The list as it is when other prices count from a day on: what a service cost before stays, and whatever was to come for it is replaced. Services
 * and units that are not named stay as they are.
 */
export function pricesFrom(list: readonly ListedPrice[], from: Temporal.PlainDate, news: readonly NewPrice[]): ListedPrice[] {
  const named = new Set(news.map(keyOf));
  const before = from.subtract({ days: 1 });
  const kept = list.flatMap((price) => {
    if (!named.has(keyOf(price))) return [price];
    if (!begins(price, before)) return [];
    return [lasts(price, from) ? { ...price, dateTo: before } : price];
  });
  return [...kept, ...news.flatMap(({ price, ...rest }) => (price === null ? [] : [{ ...rest, price, dateFrom: from, dateTo: null }]))];
}

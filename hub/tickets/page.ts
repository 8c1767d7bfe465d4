import * as z from 'zod';

/** Rows of one page (spec 8). */
const PAGE_DEFAULT = 100;
const PAGE_MOST = 1_000;

/** A part of a list; `next` is the cursor of the part that follows, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** `limit` of a query string or of a command. */
export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(PAGE_MOST)
  .default(PAGE_DEFAULT)
  .meta({ description: `Rows of one page, at most ${PAGE_MOST}` });

/** Makes a page of rows that were asked for with one row more than `limit`: that one tells whether there is a next page. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string | number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? String(cursorOf(last)) : null };
}

import * as z from 'zod';
import { HubError } from '../core/errors.ts';

/** Lists of callbacks: pages of rows behind opaque cursors (spec 2.1). */
const PAGE_DEFAULT = 100;
const PAGE_MOST = 1_000;

/** A part of a list; `next` is the cursor of the part that follows, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** `limit` and `after` of a query string. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_MOST)
    .default(PAGE_DEFAULT)
    .meta({ description: `Rows of one page, at most ${PAGE_MOST}` }),
  after: z.string().max(100).optional().meta({ description: 'The cursor `next` of the page before' }),
};

const cursorAfter = (id: number): string => Buffer.from(`c1.${id}`).toString('base64url');

/** The id after which a page begins; 0 without a cursor. @throws HubError BAD_REQUEST with the reason `cursor`. */
export function idOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const id = Number(/^c1\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1]);
  if (Number.isSafeInteger(id) && cursorAfter(id) === cursor) return id;
  throw new HubError('BAD_REQUEST', 'after: this is no cursor that a list of callbacks answered; leave it out for the first page', {
    reason: 'cursor',
    russian: 'after: это не курсор из ответа списка; без него список начинается сначала',
  });
}

/** A page of rows that were asked for with one row more than `limit`: that one tells whether there is a next page. */
export function pageOf<T>(rows: readonly T[], limit: number, idOf: (row: T) => number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorAfter(idOf(last)) : null };
}

/** A page whose end is known otherwise. @param next the id after which the following one begins; undefined: there is none. */
export const pageFrom = <T>(items: readonly T[], next: number | undefined): Page<T> => ({
  items,
  next: next === undefined ? null : cursorAfter(next),
});

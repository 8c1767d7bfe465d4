import * as z from 'zod';
import { HubError } from '../core/errors.ts';

/** Rows of one page (spec 2.1). */
const PAGE_DEFAULT = 100;
const PAGE_MOST = 1_000;

/** A part of a list; `next` is the cursor of the part that follows, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(PAGE_MOST)
  .default(PAGE_DEFAULT)
  .meta({ description: `Rows of one page, at most ${PAGE_MOST}` });

/** `limit` and `after` of a query string. */
export const pageQuery = {
  limit: limitSchema,
  after: z.string().max(100).optional().meta({ description: 'The cursor `next` of the page before' }),
};

/** The cursor after a row with this id: opaque to callers, so that another order can come without breaking them. */
const cursorAfter = (id: number): string => Buffer.from(`v1.${id}`).toString('base64url');

/** The id after which a page begins; 0 without a cursor. @throws HubError BAD_REQUEST with the reason `cursor`. */
export function idOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const id = /^v1\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (id === undefined || cursorAfter(Number(id)) !== cursor) {
    throw new HubError('BAD_REQUEST', 'after: this is not a cursor that a list answered; leave it out to begin at the first page', {
      reason: 'cursor',
      russian: 'after: это не курсор из ответа списка; без него список начинается сначала',
    });
  }
  return Number(id);
}

/** Makes a page of rows in the order of their ids that were asked for with one row more than `limit`: that one tells whether there is a next page. */
export function pageOf<T>(rows: readonly T[], limit: number, idOf: (row: T) => number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorAfter(idOf(last)) : null };
}

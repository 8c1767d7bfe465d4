import * as z from 'zod';
import { HubError } from '../errors.ts';

/** Rows of one page, for every list of the hub (spec callbacks 2.1, online-ticket 8). */
const PAGE_DEFAULT = 100;
const PAGE_MOST = 1_000;

/** A part of a list; `next` is the cursor of the part that follows, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** `limit` of a query string. */
export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(PAGE_MOST)
  .default(PAGE_DEFAULT)
  .meta({ description: `Rows of one page, at most ${PAGE_MOST}` });

/** `limit` and `after` of a query string. @example query: z.strictObject({ state: z.enum(STATES).optional(), ...pageQuery }) */
export const pageQuery = {
  limit: limitSchema,
  after: z.string().max(100).optional().meta({ description: 'The cursor `next` of the page before' }),
};

/** What a route answers with a page. @example answer: pageAnswer(orderAnswer) */
export const pageAnswer = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Cursor: `after` of the next page; null at the end' }),
  });

/**
 * Makes a page of rows that were asked for with one row more than `limit`: that one tells whether there is a next page.
 * @param cursorOf the cursor behind a row: what the list takes as `after`.
 * @example pageOf(await orderRows(db, cursor.idOf(after), limit + 1), limit, (row) => cursor.after(row.orderId))
 */
export function pageOf<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

interface IdCursor {
  /** The cursor behind a row with this id. */
  after(id: number): string;
  /** The id in a cursor; 0 without one, which is below every id. @throws HubError BAD_REQUEST with the reason `cursor`. */
  idOf(cursor: string | undefined): number;
}

/**
 * Cursors of lists in the order of an id: opaque to callers, so that another order can come without breaking them.
 * @param mark letters and digits of the module, another for each: a cursor of one module is refused by the next instead of showing a wrong page.
 * @param refusal what is wrong with a cursor that no list with this mark answered, in English.
 * @example export const listCursor = idCursor('b1');
 */
export function idCursor(
  mark: string,
  refusal = 'after: this is not a cursor that a list answered; leave it out to begin at the first page',
): IdCursor {
  const pattern = new RegExp(`^${mark}\\.(\\d{1,16})$`);
  const after = (id: number): string => Buffer.from(`${mark}.${id}`).toString('base64url');
  return {
    after,
    idOf(cursor) {
      if (cursor === undefined) return 0;
      const id = Number(pattern.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1]);
      // Base64 can be written in several ways, and so can a number; only ours was answered by a list.
      if (Number.isSafeInteger(id) && after(id) === cursor) return id;
      throw new HubError('BAD_REQUEST', refusal, {
        reason: 'cursor',
        russian: 'after: это не курсор из ответа списка; без него список начинается сначала',
      });
    },
  };
}

import { idCursor, type Page } from '../core/http/page.ts';

/** Cursors of the lists of billing that hang on an id. */
export const listCursor = idCursor('b1');

/** Which part of a list is wanted. */
export interface PartWish {
  readonly limit: number;
  /** The cursor that the part before answered. */
  readonly after?: string | undefined;
}

/**
 * A page of what one contract has, which is loaded whole: a person wrote each of its rows. They keep their order; where the row of a cursor is gone
 * the list begins again behind it by number.
 * @example partOf(await listContractTariffs(db, act, id, null), query, showTariff)
 */
export function partOf<R extends { readonly id: number }, T>(rows: readonly R[], { limit, after }: PartWish, show: (row: R) => T): Page<T> {
  const last = listCursor.idOf(after);
  const start = last === 0 ? 0 : rows.findIndex(({ id }) => id === last) + 1 || rows.findIndex(({ id }) => id > last);
  const rest = start < 0 ? [] : rows.slice(start);
  const items = rest.slice(0, limit);
  const end = items.at(-1);
  return { items: items.map(show), next: rest.length > limit && end ? listCursor.after(end.id) : null };
}

/** The bound of a list from the newest to the oldest: rows before this id. Without a cursor: all. */
export const before = (after: string | undefined): number => listCursor.idOf(after) || Number.MAX_SAFE_INTEGER;

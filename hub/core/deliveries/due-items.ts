import type { DueItem } from './outcome.ts';
import type { ClaimedRow } from './sql/due.ts';

/** Items by their targets. */
export type ItemsByTarget = ReadonlyMap<number, DueItem[]>;

/** The item that a row stands for. */
export const itemOf = (row: ClaimedRow): DueItem => ({
  target: row.target,
  id: row.id,
  lane: row.lane,
  key: row.key,
  type: row.type,
  ref: row.ref,
  extra: row.extra,
  number: row.tries,
  known: row.known,
  spent: row.spent,
  createdAt: row.created,
  dueAt: row.due,
  begunAt: row.now,
});

/** Rows by their targets, each in order: that of ids in lane 0, of due times in lane 1. */
export function byTarget(...lists: readonly (readonly ClaimedRow[])[]): ItemsByTarget {
  const items = new Map<number, DueItem[]>();
  for (const rows of lists) {
    for (const row of rows) {
      const list = items.get(row.target);
      if (list) list.push(itemOf(row));
      else items.set(row.target, [itemOf(row)]);
    }
  }
  for (const list of items.values()) list.sort((a, b) => (a.lane === 0 ? a.id - b.id : a.dueAt - b.dueAt || a.id - b.id));
  return items;
}

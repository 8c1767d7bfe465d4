import type { Queryable } from '../../core/database/statement.ts';
import { idsInList, listDigest } from '../sql/list-members.ts';

/**
 * Who is in a list himself: ids in their order, kept because reading the ids of a long list takes as long as sending the lines of its people.
 *
 * The members of a list are unknown -> read, and kept under a digest that was taken before -> given out as long as the database has that digest -> read anew. What is
 * kept is bounded; the list that was read first makes room.
 */
export type MembersOf = (db: Queryable, listId: number) => Promise<Int32Array>;

/** @param most ids that are kept, of all lists together. (Default: a million, 4 MB) */
export function createListMembers(most = 1_000_000): MembersOf {
  const kept = new Map<number, { readonly digest: string; readonly ids: Int32Array }>();
  let sum = 0;
  const drop = (listId: number): void => {
    sum -= kept.get(listId)?.ids.length ?? 0;
    kept.delete(listId);
  };

  return async (db, listId) => {
    const [row] = await listDigest(db, listId);
    const digest = `${row?.people} ${row?.digest}`;
    const present = kept.get(listId);
    if (present?.digest === digest) return present.ids;
    const [members] = await idsInList(db, listId);
    const ids = Int32Array.from(members?.ids?.split(',') ?? [], Number);
    drop(listId);
    for (const other of kept.keys()) {
      if (sum + ids.length <= most) break;
      drop(other);
    }
    if (sum + ids.length <= most) {
      kept.set(listId, { digest, ids });
      sum += ids.length;
    }
    return ids;
  };
}

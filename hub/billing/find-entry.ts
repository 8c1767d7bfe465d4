import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Entry } from './directory-entry.ts';

/** True for an entry that the operator may see: of parameters, the rules of the fence may hide some (spec 2.14). */
export const mayShow = <E extends Entry>(directory: Directory<E>, act: Pick<Act, 'fence'>, entry: E): boolean =>
  !(directory.hidden?.(act) ?? []).includes(directory.hiddenBy?.(entry) ?? entry.id);

/** An entry of a directory. @throws HubError NOT_FOUND, also for one that is hidden from the operator */
export async function findEntry<E extends Entry>(db: Queryable, act: Pick<Act, 'fence'>, directory: Directory<E>, id: number): Promise<E> {
  const [entry] = await directory.table.byId(db, id);
  if (entry && mayShow(directory, act, entry)) return entry;
  const { one, notFound, reason } = directory;
  throw new HubError('NOT_FOUND', `there is no ${one.en} ${id}`, {
    reason,
    russian: notFound === undefined ? `${one.ru} ${id}: нет в справочнике` : `${notFound}: ${id}`,
  });
}

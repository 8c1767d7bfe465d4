import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { idCursor, type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Entry } from './directory-entry.ts';
import { titlePart } from './find-address.ts';

const listCursor = idCursor('bd1');

/** Which entries are wanted. */
export interface EntriesWish {
  /** Part of the title, in any case of letters. */
  readonly q?: string | undefined;
  /** Values by the filters of the directory; undefined: any. */
  readonly filters?: Readonly<Record<string, unknown>>;
  readonly after?: string | undefined;
  readonly limit: number;
}

const gone = (): HubError =>
  new HubError('BAD_REQUEST', 'after: the entry at which this page begins was deleted; begin at the first page', {
    reason: 'cursor',
    russian: 'after: запись, с которой начинается страница, удалена; начните список сначала',
  });

/**
 * A page of a directory in its own order, without what is hidden from the operator.
 * @throws HubError BAD_REQUEST (`q`; `cursor`)
 */
export async function listEntries<E extends Entry>(
  db: Queryable,
  act: Pick<Act, 'fence'>,
  directory: Directory<E>,
  { q, filters = {}, after, limit }: EntriesWish,
): Promise<Page<E>> {
  const title = titlePart('q', q);
  const from = after === undefined ? null : listCursor.idOf(after);
  const hidden = directory.hidden?.(act) ?? [];
  const rows = await directory.table.page(db, { after: from, title, hidden, limit: limit + 1, filters });
  // The page begins behind an entry, which must be there for the database to know where that is.
  if (from !== null && rows.length === 0 && !directory.table.byNumber && (await directory.table.byId(db, from)).length === 0) throw gone();
  return pageOf(rows, limit, ({ id }) => listCursor.after(id));
}

import type { Queryable, Value } from '../core/database/statement.ts';
import { idCursor, type Page, pageOf } from '../core/http/page.ts';
import type { Managed } from './find-managed.ts';
import type { Stored } from './stored.ts';

const cursor = idCursor('bd1');

/** Which things are wanted: by number, behind a cursor, with a text in the title, and by what the table filters. */
export interface ManagedWish {
  readonly after: string | undefined;
  readonly limit: number;
  readonly part: string | undefined;
  readonly filters: readonly Value[];
}

/** @throws HubError BAD_REQUEST with the reason `cursor` */
export async function listManaged<T>(
  db: Queryable,
  { table, whole }: Managed<T>,
  { after, limit, part, filters }: ManagedWish,
): Promise<Page<Stored<T>>> {
  const rows = await table.page(db, cursor.idOf(after), part ?? null, limit + 1, ...filters);
  const { items, next } = pageOf(rows, limit, (row) => cursor.after(row.id));
  return { items: whole ? await whole(db, items) : items, next };
}

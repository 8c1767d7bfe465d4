import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { FolderView } from './folder.ts';
import { listCursor } from './list-cursor.ts';
import { isId, refusal } from './refusals.ts';
import { type ListCounts, type ListRow, listPage, listWithCounts } from './sql/lists.ts';

export const listView = (row: ListRow & ListCounts): FolderView => ({
  id: row.id,
  name: row.name,
  description: row.description,
  people: row.people,
  groups: row.groups,
  version: row.version,
  created_at: row.createdAt.toString(),
  changed_at: row.changedAt.toString(),
});

/** Mailing lists in the order of their ids. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listLists(
  db: Queryable,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<FolderView>> {
  const rows = await listPage(db, listCursor.idOf(after), limit + 1);
  return pageOf(rows.map(listView), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_list` */
export async function showList(db: Queryable, id: number): Promise<FolderView> {
  const [row] = isId(id) ? await listWithCounts(db, id) : [];
  if (!row) throw refusal('unknown_list', id);
  return listView(row);
}

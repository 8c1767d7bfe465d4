import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { FolderView } from './folder.ts';
import { listCursor } from './list-cursor.ts';
import { isId, refusal } from './refusals.ts';
import { type GroupRow, groupPage, groupWithPeople } from './sql/groups.ts';

export const groupView = ({ id, name, description, people, version, createdAt, changedAt }: GroupRow & { people: number }): FolderView => ({
  id,
  name,
  description,
  people,
  version,
  created_at: createdAt.toString(),
  changed_at: changedAt.toString(),
});

export interface GroupsWish {
  /** Only groups that are in this list; an unknown one has none. */
  readonly listId?: number | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Groups in the order of their ids. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listGroups(db: Queryable, { listId, after, limit }: GroupsWish): Promise<Page<FolderView>> {
  if (listId !== undefined && !isId(listId)) return { items: [], next: null };
  const rows = await groupPage(db, listCursor.idOf(after), listId ?? null, limit + 1);
  return pageOf(rows.map(groupView), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_group` */
export async function showGroup(db: Queryable, id: number): Promise<FolderView> {
  const [row] = isId(id) ? await groupWithPeople(db, id) : [];
  if (!row) throw refusal('unknown_group', id);
  return groupView(row);
}

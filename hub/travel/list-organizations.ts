import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { organizationsOf } from './find-object.ts';
import { listCursor } from './list-cursor.ts';
import type { Organization } from './organization.ts';
import { listOrganizations as rowsOf } from './sql/organizations.ts';
import type { Stored } from './sql/table.ts';

/** The organizations that the caller may see, by id. @throws HubError FORBIDDEN, BAD_REQUEST with the reason `cursor`. */
export async function listOrganizations(
  db: Queryable,
  caller: Caller,
  options: {
    readonly kind?: 'agency' | 'client' | undefined;
    readonly OuterId?: string | undefined;
    readonly id_Parent?: number | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Page<Organization & Stored>> {
  const { kind, OuterId, id_Parent, after, limit } = options;
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  const rows = await rowsOf(db, scope, kind ?? null, OuterId ?? null, id_Parent ?? null, listCursor.idOf(after), limit + 1);
  return pageOf(rows, limit, (row) => listCursor.after(row.id_Organization));
}

import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { notThere, organizationsOf } from './find-object.ts';
import { listCursor } from './list-cursor.ts';
import { type RelationNews, relatedOf } from './relation-event.ts';
import { type Relation, relationById, listRelations as rowsOf } from './sql/relations.ts';
import type { RelationKind } from './static-kinds.ts';

/** A relation as people and programs see it. */
export function summaryOf(relation: RelationNews & { readonly created_at: Temporal.Instant }) {
  const { id_Relation, kind, id_Subject, ReserveType, id_MetaCode, id_Organization, id_Person, id_Dictionary, subject, created_at } =
    relation;
  const far = { ReserveType, id_MetaCode, id_Organization, id_Person };
  const name = subject['Name'] ?? subject['CodeValue'];
  return { id_Relation, kind, id_Subject, ...far, id_Dictionary, SubjectName: String(name), Related: relatedOf(relation), created_at };
}

export type RelationSummary = ReturnType<typeof summaryOf>;

/** The relations that the caller may see, by id. @throws HubError FORBIDDEN, BAD_REQUEST with the reason `cursor`. */
export async function listRelations(
  db: Queryable,
  caller: Caller,
  options: {
    readonly kind?: RelationKind | undefined;
    readonly id_Subject?: number | undefined;
    readonly ReserveType?: string | undefined;
    readonly id_MetaCode?: number | undefined;
    readonly id_Organization?: number | undefined;
    readonly id_Person?: number | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Page<Relation>> {
  const { kind, id_Subject, ReserveType, id_MetaCode, id_Organization, id_Person, after, limit } = options;
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  const far = [ReserveType ?? null, id_MetaCode ?? null, id_Organization ?? null, id_Person ?? null] as const;
  const rows = await rowsOf(db, scope, kind ?? null, id_Subject ?? null, ...far, listCursor.idOf(after), limit + 1);
  return pageOf(rows, limit, (row) => listCursor.after(row.id_Relation));
}

/** @throws HubError NOT_FOUND */
export async function showRelation(db: Queryable, caller: Caller, id: number): Promise<Relation> {
  const [relation] = await relationById(db, organizationsOf(requireScope(caller, 'static.read')), id);
  if (!relation) throw notThere({ en: 'relation', ru: 'связь' }, id);
  return relation;
}

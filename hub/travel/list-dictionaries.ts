import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import type { Code } from './code.ts';
import type { Dictionary } from './dictionary.ts';
import { needObject, organizationsOf } from './find-object.ts';
import { listCursor } from './list-cursor.ts';
import { DICTIONARIES } from './save-dictionary.ts';
import { listCodes as codeRows } from './sql/codes.ts';
import { listDictionaries as dictionaryRows } from './sql/dictionaries.ts';
import type { Stored } from './sql/table.ts';

interface Part {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The dictionaries that the caller may see, by id. @throws HubError FORBIDDEN, BAD_REQUEST with the reason `cursor`. */
export async function listDictionaries(
  db: Queryable,
  caller: Caller,
  options: Part & {
    readonly id_Group?: number | undefined;
    readonly Name?: string | undefined;
    readonly id_BindingType?: number | undefined;
    /** Used by this organization. */
    readonly organization?: number | undefined;
  },
): Promise<Page<Dictionary & Stored>> {
  const { id_Group, Name, id_BindingType, organization, after, limit } = options;
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  const rows = await dictionaryRows(
    db,
    scope,
    id_Group ?? null,
    Name ?? null,
    id_BindingType ?? null,
    organization ?? null,
    listCursor.idOf(after),
    limit + 1,
  );
  return pageOf(rows, limit, (row) => listCursor.after(row.id_MetaDictionary));
}

/**
 * Codes of a dictionary by id; with `organization`, `reserveTypes` or `chosen` those that are offered there (spec 2.9).
 * @throws HubError NOT_FOUND (the dictionary), FORBIDDEN, BAD_REQUEST with the reason `cursor`.
 */
export async function listCodes(
  db: Queryable,
  caller: Caller,
  options: Part & {
    readonly dictionary: number;
    readonly CodeValue?: string | undefined;
    readonly organization?: number | undefined;
    readonly reserveTypes?: readonly string[] | undefined;
    /** Codes that are chosen already. */
    readonly chosen?: readonly number[] | undefined;
  },
): Promise<Page<Code & Stored>> {
  const { dictionary, CodeValue, organization, reserveTypes, chosen, after, limit } = options;
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  await needObject(db, caller, DICTIONARIES, { id: dictionary, right: 'static.read' });
  const rows = await codeRows(
    db,
    dictionary,
    scope,
    CodeValue ?? null,
    organization ?? null,
    reserveTypes ?? null,
    chosen ?? null,
    listCursor.idOf(after),
    limit + 1,
  );
  return pageOf(rows, limit, (row) => listCursor.after(row.id_MetaCode));
}

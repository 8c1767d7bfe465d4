import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { EndpointSettings } from './endpoint.ts';
import { listCursor } from './list-cursor.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { differencesOf, type SettingDifference } from './settings-differences.ts';
import { type VersionRow, versionByNumber, versionPage } from './sql/versions.ts';

/** One save: who, when, through which face, and which settings became others. */
export interface VersionSummary {
  readonly version: number;
  readonly saved_at: Temporal.Instant;
  readonly saved_by: string;
  readonly saved_in: string;
  readonly changed: readonly string[];
  /** Headers, or `client_cert`, whose secret became another one. */
  readonly new_secrets: readonly string[];
}

export interface VersionView extends VersionSummary {
  /** With `***` for secrets. */
  readonly settings: EndpointSettings;
  /** Against the version before; empty for the first. */
  readonly differences: readonly SettingDifference[];
}

const summaryOf = (row: Omit<VersionRow, 'settings'>): VersionSummary => ({
  version: row.version,
  saved_at: row.savedAt,
  saved_by: row.savedBy,
  saved_in: row.savedIn,
  changed: row.changed,
  new_secrets: row.newSecrets,
});

/** The versions of an endpoint, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST on a damaged cursor. */
export async function listEndpointVersions(
  db: Queryable,
  caller: Caller,
  options: { readonly id: number; readonly after?: string | undefined; readonly limit: number },
): Promise<Page<VersionSummary>> {
  await loadEndpoint(db, caller, 'callbacks.read', options.id);
  const before = listCursor.idOf(options.after);
  const rows = await versionPage(db, options.id, before === 0 ? null : before, options.limit + 1);
  const page = pageOf(rows, options.limit, ({ version }) => listCursor.after(version));
  return { items: page.items.map(summaryOf), next: page.next };
}

/** One version whole, with what it changed. @throws HubError NOT_FOUND. */
export async function showEndpointVersion(db: Queryable, caller: Caller, id: number, version: number): Promise<VersionView> {
  await loadEndpoint(db, caller, 'callbacks.read', id);
  const [row] = await versionByNumber(db, id, version);
  if (!row)
    throw new HubError('NOT_FOUND', `endpoint ${id} has no version ${version}`, { russian: `у получателя ${id} нет версии ${version}` });
  const [before] = version > 1 ? await versionByNumber(db, id, version - 1) : [];
  return { ...summaryOf(row), settings: row.settings, differences: before ? differencesOf(before.settings, row.settings) : [] };
}

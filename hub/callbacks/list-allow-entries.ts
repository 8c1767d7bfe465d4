import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, type Scope, scopeOf } from '../core/identity/caller.ts';
import { type AllowState, addressOf, readableAddress } from './allowed-address.ts';
import { listCursor } from './list-cursor.ts';
import { ALLOW_RIGHTS, loadAllow } from './load-allow-entry.ts';
import { type AllowRow, allowPage } from './sql/allow.ts';
import { proofUrl } from './verify-allow-ownership.ts';

/** A line of the allow-list as faces show it. */
export interface ShownAllow {
  readonly allow_id: number;
  readonly state: AllowState;
  /** `https://xn--e1afmkfd.xn--p1ai/in`: what is compared. */
  readonly address: string;
  /** `https://пример.рф/in` */
  readonly readable: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path_prefix: string;
  readonly networks: readonly string[];
  readonly organizations: readonly number[];
  readonly valid_until: Temporal.Instant | null;
  readonly reason: string;
  readonly created_by: string;
  readonly forwarded_by: string | null;
  readonly approved_by: string | null;
  readonly step_by: string;
  readonly step_reason: string | null;
  /** How the ownership of the address is proven while the request is open; null for subdomains, and later. */
  readonly proof: { readonly url: string; readonly token: string; readonly proven_at: Temporal.Instant | null } | null;
  readonly version: number;
  readonly created_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
}

export function shownAllow(row: AllowRow): ShownAllow {
  const url = row.state === 'requested' || row.state === 'forwarded' ? proofUrl(row) : undefined;
  return {
    allow_id: row.allowId,
    state: row.state,
    address: addressOf(row),
    readable: readableAddress(row),
    scheme: row.scheme,
    host: row.host,
    port: row.port,
    path_prefix: row.pathPrefix,
    networks: row.networks,
    organizations: row.organizations,
    valid_until: row.validUntil,
    reason: row.reason,
    created_by: row.createdBy,
    forwarded_by: row.forwardedBy,
    approved_by: row.approvedBy,
    step_by: row.stepBy,
    step_reason: row.stepReason,
    proof: url === undefined ? null : { url, token: row.proofToken, proven_at: row.provenAt },
    version: row.version,
    created_at: row.createdAt,
    changed_at: row.changedAt,
  };
}

/** Everything that any of the rights shows. */
function visibleScope(caller: Caller): Scope {
  const scopes = ALLOW_RIGHTS.map((right) => scopeOf(caller, right));
  if (scopes.includes('all')) return 'all';
  return new Set(scopes.flatMap((scope) => (scope === 'all' ? [] : [...scope])));
}

export interface AllowFilter {
  readonly states: readonly AllowState[];
  /** Part of the host. */
  readonly host?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Lines in the order in which they were made, as far as the caller may see them. @throws HubError BAD_REQUEST on a damaged cursor. */
export async function listAllows(db: Queryable, caller: Caller, { states, host, after, limit }: AllowFilter): Promise<Page<ShownAllow>> {
  const scope = visibleScope(caller);
  const pattern = host === undefined ? null : `%${host.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await allowPage(db, listCursor.idOf(after), states, scope === 'all' ? null : [...scope], pattern, limit + 1);
  return pageOf(rows.map(shownAllow), limit, (row) => listCursor.after(row.allow_id));
}

/** @throws HubError NOT_FOUND */
export const showAllow = async (db: Queryable, caller: Caller, id: number): Promise<ShownAllow> =>
  shownAllow(await loadAllow(db, caller, id));

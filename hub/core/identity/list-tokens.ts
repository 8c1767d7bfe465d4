import type { Queryable } from '../database/statement.ts';
import { type Caller, requireRight } from './caller.ts';
import { selectTokens } from './sql/token.ts';

/** A token as its owner sees it later: everything but the secret. */
export interface Token {
  readonly tokenId: number;
  readonly login: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | undefined;
  /** Up to a minute late. */
  readonly lastUsedAt: Temporal.Instant | undefined;
  readonly revokedAt: Temporal.Instant | undefined;
}

export interface TokenFilter {
  /** Whose; `*` for everybody's. (Default: the caller's own; others' need `identity.view`) */
  readonly owner?: string | undefined;
  /** Cursor: only lower numbers. */
  readonly before?: number | undefined;
  /** 1..1000. (Default: 100) */
  readonly limit?: number | undefined;
}

/** A page of tokens, newest first; `next` is the `before` of the next page. @throws HubError FORBIDDEN. */
export async function listTokens(
  db: Queryable,
  caller: Caller,
  { owner = caller.login, before = Number.MAX_SAFE_INTEGER, limit = 100 }: TokenFilter = {},
): Promise<{ items: Token[]; next: number | undefined }> {
  if (owner !== caller.login) requireRight(caller, 'identity.view');
  const wanted = Math.min(Math.max(limit, 1), 1_000);
  const rows = await selectTokens(db, owner === '*' ? null : owner, before, wanted + 1);
  const items = rows.slice(0, wanted).map((row) => ({
    tokenId: row.token_id,
    login: row.login,
    name: row.name,
    rights: row.rights,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }));
  return { items, next: rows.length > wanted ? items.at(-1)?.tokenId : undefined };
}

import { HubError } from '../core/errors.ts';

/**
 * Roles of the database for programs that go past the server (spec billing 8). `billing_reader` reads the views of `billing_read`;
 * `billing_quiet_writer` does that and writes the views of `billing_quiet`. Each holds the grants and may log in itself; others are its members.
 *
 * A login is absent -> made -> renewed (grants, limits, settings) or given a new password, as often as wanted -> removed.
 */
export type RoleKind = 'reader' | 'writer';

export const ROLE_OF: Readonly<Record<RoleKind, string>> = { reader: 'billing_reader', writer: 'billing_quiet_writer' };

/** Whose members may connect by the readers' port. */
export const DATABASE_ROLES: readonly string[] = Object.values(ROLE_OF);

/** Lower case, so that nobody has to quote it. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;
const RESERVED = /^pg_|^(public|none|postgres|vestnik)$/;

/** @throws HubError VALIDATION */
export function checkRoleName(name: string, kind: RoleKind): string {
  const other = ROLE_OF[kind === 'reader' ? 'writer' : 'reader'];
  if (NAME.test(name) && !RESERVED.test(name) && name !== other) return name;
  throw new HubError(
    'VALIDATION',
    `${JSON.stringify(name.slice(0, 100))} cannot be such a role: a name has 1 to 63 of a-z 0-9 _, begins with a letter, and is none that PostgreSQL or the hub uses`,
  );
}

/** What a role may do at a time. */
export interface RoleLimits {
  readonly connections: number;
  /** Seconds of a statement. */
  readonly seconds: number;
}
/** Seconds that a role may leave a transaction open without a word: it would hold back the vacuum and the log of changes. */
const IDLE_SECONDS = 60;
/** Seconds that a quiet change waits for a contract that the server is changing. */
const LOCK_SECONDS = 5;

/** Settings that a role begins its sessions with. */
export const roleSettings = (kind: RoleKind, { seconds }: RoleLimits): Readonly<Record<string, string>> => ({
  statement_timeout: `${seconds}s`,
  idle_in_transaction_session_timeout: `${IDLE_SECONDS}s`,
  lock_timeout: `${LOCK_SECONDS}s`,
  default_transaction_read_only: kind === 'reader' ? 'on' : 'off',
});

import type { Database } from '../database/database.ts';
import { type BoundedMap, createBoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';
import type { Principal } from './principal.ts';
import { commonRights } from './rights.ts';
import { IDENTITY_CHANNEL, selectVersion } from './sql/directory.ts';
import { selectOperator } from './sql/operator.ts';
import { selectSession } from './sql/session.ts';
import { selectTokenBySecret } from './sql/token.ts';

/**
 * What this hub remembers of operators, sessions and tokens, so that a request needs no statement.
 *
 * An entry is unknown -> read -> remembered -> forgotten. All are forgotten together at every change of the directory: by this hub's own
 * changes at once, by others' on the notification, and if that was lost within a second, because nothing remembered is used unless the
 * directory's version was confirmed less than a second ago (one small statement a second, only while requests come).
 */
export interface Directory {
  /** Undefined when what is remembered may be used; else a promise to wait for first. Rejects when the database is away. */
  confirm(): Promise<void> | undefined;
  /** `anew` skips what is remembered, here and below. */
  operator(login: string, anew?: boolean): OperatorEntry | undefined | Promise<OperatorEntry | undefined>;
  /** `key`: SHA-256 of the cookie. */
  session(key: Buffer, anew?: boolean): SessionEntry | undefined | Promise<SessionEntry | undefined>;
  /** `key`: SHA-256 of the token. */
  token(key: Buffer): TokenEntry | undefined | Promise<TokenEntry | undefined>;
  forget(): void;
  start(): void;
  stop(): void;
}

export interface OperatorEntry {
  readonly principal: Principal;
  readonly passwordHash: string;
  readonly enabled: boolean;
  readonly version: number;
}

export interface SessionEntry {
  readonly principal: Principal;
  readonly sessionId: number;
  expiresAt: number;
  /** Epoch milliseconds, as the database has them. */
  seenAt: number;
}

export interface TokenEntry {
  readonly principal: Principal;
  readonly tokenId: number;
  readonly expiresAt: number;
  usedAt: number;
}

/** Milliseconds since the last confirmation: from the first on it is repeated beside the requests, from the second on they wait for it. */
const AGING = 500;
const OLD = 1_000;
const LIMIT = 10_000;

export function createDirectory({
  database,
  clock,
}: {
  database: Pick<Database, 'work' | 'listener'>;
  clock: Pick<Clock, 'ticks'>;
}): Directory {
  const db = database.work;
  const operators = createBoundedMap<string, OperatorEntry>(LIMIT);
  const sessions = createBoundedMap<string, SessionEntry>(LIMIT);
  const tokens = createBoundedMap<string, TokenEntry>(LIMIT);
  const reading = new Map<string, Promise<unknown>>();
  let generation = 0;
  let version: number | undefined;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let confirming: Promise<void> | undefined;
  let unsubscribe: (() => void) | undefined;

  const forget = (): void => {
    generation += 1;
    operators.clear();
    sessions.clear();
    tokens.clear();
    reading.clear();
  };

  const askVersion = async (): Promise<void> => {
    const asked = clock.ticks();
    const [row] = await selectVersion(db);
    if (row?.version !== version) forget();
    version = row?.version;
    confirmedAt = asked;
  };

  /** Reads, once for all who ask under the same name meanwhile, and remembers unless the directory changed during the reading. */
  const read = <E>(map: BoundedMap<string, E>, name: string | undefined, key: string, load: () => Promise<E | undefined>) => {
    const present = name === undefined ? undefined : (reading.get(name) as Promise<E | undefined> | undefined);
    if (present) return present;
    const began = generation;
    const loading = load()
      .then((entry) => {
        // Strangers' names are not remembered: they would push the operators out.
        if (began === generation && entry !== undefined) map.set(key, entry);
        return entry;
      })
      .finally(() => {
        if (name !== undefined && reading.get(name) === loading) reading.delete(name);
      });
    if (name !== undefined) reading.set(name, loading);
    return loading;
  };

  const operator: Directory['operator'] = (login, anew = false) => {
    const present = anew ? undefined : operators.get(login);
    if (present) return present;
    return read(operators, anew ? undefined : `operator ${login}`, login, async () => {
      const [row] = await selectOperator(db, login);
      if (!row) return undefined;
      const principal: Principal = {
        operatorId: row.operator_id,
        login: row.login,
        displayName: row.display_name,
        locale: row.locale,
        rights: row.rights,
        by: 'password',
        credentialId: undefined,
      };
      return { principal, passwordHash: row.password_hash, enabled: row.enabled, version: row.version };
    });
  };

  const session: Directory['session'] = (key, anew = false) => {
    const name = key.toString('base64');
    const present = anew ? undefined : sessions.get(name);
    if (present) return present;
    return read(sessions, anew ? undefined : `session ${name}`, name, async () => {
      const [row] = await selectSession(db, key);
      const owner = row && (await operator(row.login));
      if (!row || !owner?.enabled) return undefined;
      return {
        principal: { ...owner.principal, by: 'session', credentialId: row.session_id },
        sessionId: row.session_id,
        expiresAt: row.expires_at.epochMilliseconds,
        seenAt: row.seen_at.epochMilliseconds,
      };
    });
  };

  const token: Directory['token'] = (key) => {
    const name = key.toString('base64');
    const present = tokens.get(name);
    if (present) return present;
    return read(tokens, `token ${name}`, name, async () => {
      const [row] = await selectTokenBySecret(db, key);
      const owner = row && row.revoked_at === null ? await operator(row.login) : undefined;
      if (!row || !owner?.enabled) return undefined;
      const rights = commonRights(row.rights, owner.principal.rights);
      return {
        principal: { ...owner.principal, rights, by: 'token', credentialId: row.token_id },
        tokenId: row.token_id,
        expiresAt: row.expires_at?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
        usedAt: row.last_used_at?.epochMilliseconds ?? 0,
      };
    });
  };

  return {
    operator,
    session,
    token,
    forget,
    confirm() {
      const age = clock.ticks() - confirmedAt;
      if (age < AGING) return undefined;
      confirming ??= askVersion().finally(() => {
        confirming = undefined;
      });
      if (age >= OLD) return confirming;
      // Whoever comes after a second waits for the next answer and hears of its failure.
      confirming.catch(() => undefined);
      return undefined;
    },
    start() {
      unsubscribe ??= database.listener.subscribe(IDENTITY_CHANNEL, { notify: forget, resync: forget });
    },
    stop() {
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}

import type { Database } from '../database/database.ts';
import { HubError } from '../errors.ts';
import { measure, notesOf } from '../telemetry/channels.ts';
import type { Clock } from './clock.ts';
import type { Directory, OperatorEntry } from './directory.ts';
import { LOGINS, PASSWORD_SECONDS } from './metrics.ts';
import { normalLogin } from './operator.ts';
import { impossibleHash, preparePassword } from './password.ts';
import type { PasswordLine } from './password-line.ts';
import type { Authentication, Principal } from './principal.ts';
import { isSessionSecret, isTokenSecret, secretHash } from './secret.ts';
import { rehashPassword, touchOperator } from './sql/operator.ts';
import { prolongSession } from './sql/session.ts';
import { touchToken } from './sql/token.ts';
import type { Throttle } from './throttle.ts';
import type { VerifiedPasswords } from './verified-passwords.ts';

const notes = notesOf('identity.authenticate');
const MINUTE = 60_000;

export interface AuthenticationParts {
  readonly database: Pick<Database, 'work'>;
  readonly directory: Directory;
  readonly line: PasswordLine;
  readonly verified: VerifiedPasswords;
  readonly throttle: Throttle;
  readonly clock: Clock;
  /** Life of a session from its last use, in milliseconds. */
  readonly sessionLife: number;
}

/** Labels once made: this runs on each request. */
const counted = (by: Principal['by'], outcome: string) => {
  const labels = { by, outcome };
  return () => measure(LOGINS, 1, labels);
};
const count = {
  remembered: counted('password', 'remembered'),
  accepted: counted('password', 'accepted'),
  refused: counted('password', 'refused'),
  throttled: counted('password', 'throttled'),
  busy: counted('password', 'busy'),
  token: counted('token', 'accepted'),
  noToken: counted('token', 'refused'),
  session: counted('session', 'accepted'),
  noSession: counted('session', 'refused'),
};

/** What identity itself needs besides. */
export interface Proofs {
  /** As authenticateBasic, with the version of the operator whose password was proved. */
  provePassword(login: string, password: string, address: string): Promise<OperatorEntry>;
  /** Waits for the writes that run beside the requests. */
  settled(): Promise<void>;
}

/** Builds the three ways of recognising an operator; see `Authentication` for what they promise. */
export function createAuthentication(parts: AuthenticationParts): { readonly authentication: Authentication; readonly proofs: Proofs } {
  const { directory, line, verified, throttle, clock, sessionLife } = parts;
  const db = parts.database.work;
  const nobodysHash = impossibleHash();
  const flights = new Map<string, Promise<OperatorEntry>>();
  const writes = new Set<Promise<void>>();

  /** Writes what nobody waits for: when somebody was last seen. Losing one is harmless. */
  const aside = (write: Promise<unknown>, otherwise = 'a time of last use was not written'): void => {
    const done = write.then(
      () => undefined,
      (error: unknown) => notes.debug(otherwise, { why: error instanceof Error ? error.message : String(error) }),
    );
    writes.add(done);
    void done.finally(() => writes.delete(done));
  };

  const renew = async (prepared: string, key: string, stored: string): Promise<void> => {
    const { fits } = await line.verify(prepared, stored, () => undefined);
    if (fits) verified.renew(key);
  };

  const present = async (login: string): Promise<OperatorEntry | undefined> => {
    await directory.confirm();
    return login === '' ? undefined : directory.operator(login);
  };

  /** Says whether the password is right by doing the work, which is the same for a login that nobody has. */
  const prove = async (login: string, password: string, address: string): Promise<OperatorEntry | undefined> => {
    const entry = await present(login);
    if (entry && verified.find(verified.keyOf(login, password, entry.passwordHash), address)) return entry.enabled ? entry : undefined;
    const began = performance.now();
    const { fits, outdated } = await line.verify(password, entry?.passwordHash ?? nobodysHash, () => throttle.check(login, address));
    measure(PASSWORD_SECONDS, (performance.now() - began) / 1_000);
    if (!fits || !entry) return undefined;
    // The line may have been long: what counts is what the database says now.
    const now = await directory.operator(login, true);
    if (!now?.enabled || now.passwordHash !== entry.passwordHash) return undefined;
    if (outdated) {
      aside(line.hash(password).then((hash) => rehashPassword(db, entry.principal.operatorId, entry.passwordHash, hash)));
    }
    return now;
  };

  const login = async (name: string, password: string | undefined, address: string): Promise<OperatorEntry> => {
    await throttle.enter(name, address);
    const entry = password === undefined ? undefined : await prove(name, password, address);
    if (!entry || password === undefined) {
      throttle.failed(name, address);
      throw new HubError('UNAUTHORIZED', 'the login or the password is wrong');
    }
    throttle.succeeded(name, address);
    verified.add(verified.keyOf(name, password, entry.passwordHash), address);
    aside(touchOperator(db, entry.principal.operatorId, clock.instant()));
    return entry;
  };

  const outcomeOf = (error: unknown): void => {
    if (!(error instanceof HubError)) return;
    if (error.code === 'UNAUTHORIZED') count.refused();
    else if (error.code === 'TOO_MANY_REQUESTS') count.throttled();
    else if (error.code === 'BUSY') count.busy();
  };

  /** Logins with the same password from the same address at the same time share one proof and, when wrong, are one failure. */
  const loginOnce = (name: string, password: string | undefined, key: string, address: string): Promise<OperatorEntry> => {
    const flight = `${key} ${address}`;
    const underWay = flights.get(flight);
    if (underWay) return underWay;
    const fresh = login(name, password, address)
      .then(
        (entry) => {
          count.accepted();
          return entry;
        },
        (error: unknown) => {
          outcomeOf(error);
          throw error;
        },
      )
      .finally(() => flights.delete(flight));
    flights.set(flight, fresh);
    return fresh;
  };

  const provePassword: Proofs['provePassword'] = async (login, password, address) => {
    const name = normalLogin(login) ?? '';
    const prepared = preparePassword(password);
    const waiting = directory.confirm();
    if (waiting) await waiting;
    const found = name === '' ? undefined : directory.operator(name);
    const entry = found instanceof Promise ? await found : found;
    const key = prepared === undefined ? `malformed ${name}` : verified.keyOf(name, prepared, entry?.passwordHash ?? '');
    const remembered = verified.find(key, address);
    if (entry?.enabled && (remembered === 'here' || remembered === 'aging') && !throttle.suspects(name, address)) {
      count.remembered();
      // Looked at again before it is forgotten: who works without a pause is never sent back among those who must wait.
      if (remembered === 'aging' && prepared !== undefined)
        aside(renew(prepared, key, entry.passwordHash), 'a remembered password was not looked at again');
      return entry;
    }
    return loginOnce(name, prepared, key, address);
  };

  const authentication: Authentication = {
    async authenticateBasic(login, password, address) {
      return (await provePassword(login, password, address)).principal;
    },

    async authenticateToken(token, address) {
      const waiting = directory.confirm();
      if (waiting) await waiting;
      const found = isTokenSecret(token) ? directory.token(secretHash(token)) : undefined;
      const entry = found instanceof Promise ? await found : found;
      const now = clock.instant();
      if (!entry || entry.expiresAt <= now.epochMilliseconds) {
        count.noToken();
        notes.debug('an unknown, expired or revoked token was refused', { address });
        throw new HubError('UNAUTHORIZED', 'the token is unknown, expired or revoked');
      }
      if (entry.usedAt + MINUTE <= now.epochMilliseconds) {
        entry.usedAt = now.epochMilliseconds;
        aside(touchToken(db, entry.tokenId, now));
      }
      count.token();
      return entry.principal;
    },

    async authenticateSession(cookie, address) {
      const waiting = directory.confirm();
      if (waiting) await waiting;
      const key = isSessionSecret(cookie) ? secretHash(cookie) : undefined;
      const found = key && directory.session(key);
      let entry = found instanceof Promise ? await found : found;
      const now = clock.instant();
      // Another hub may have prolonged it.
      if (key && entry && entry.expiresAt <= now.epochMilliseconds) entry = await directory.session(key, true);
      if (!entry || entry.expiresAt <= now.epochMilliseconds) {
        count.noSession();
        notes.debug('an unknown or ended session was refused', { address });
        throw new HubError('UNAUTHORIZED', 'the session has ended: log in again');
      }
      if (entry.seenAt + MINUTE <= now.epochMilliseconds) {
        entry.seenAt = now.epochMilliseconds;
        const until = now.add({ milliseconds: sessionLife });
        entry.expiresAt = Math.max(entry.expiresAt, until.epochMilliseconds);
        aside(prolongSession(db, entry.sessionId, now, until));
      }
      count.session();
      return entry.principal;
    },
  };

  const settled = async (): Promise<void> => {
    await Promise.all(writes);
  };
  return { authentication, proofs: { provePassword, settled } };
}

import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createAuthentication } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { createDirectory } from './directory.ts';
import { ensureAdministrator } from './ensure-administrator.ts';
import { type Origin, openSession } from './open-session.ts';
import { checkMd5, checkNewPassword, type HashedPassword } from './password.ts';
import { createPasswordLine, type PasswordLine } from './password-line.ts';
import { type Authentication, type Principal, SESSION_COOKIE } from './principal.ts';
import { IDENTITY_RIGHTS, type KnownRights } from './rights.ts';
import { expireAudit } from './search-audit.ts';
import { replaceOwnPassword } from './set-password.ts';
import { deleteExpiredSessions } from './sql/session.ts';
import { deleteOldTokens } from './sql/token.ts';
import { createThrottle, type ThrottleOptions } from './throttle.ts';
import { createVerifiedPasswords } from './verified-passwords.ts';

export { type Authentication, type Principal, SESSION_COOKIE };

/** A console session just opened. `cookie` is the secret itself and exists nowhere else. */
export interface OpenedSession {
  readonly cookie: string;
  readonly principal: Principal;
  /** Moves on with each use. */
  readonly expiresAt: Temporal.Instant;
}

/**
 * The identity of one hub: who is who, remembered and checked.
 *
 * created (works; others' changes count within a second) -> start() listening (they count at once; old rows are swept hourly) -> stop().
 * All state is in the database; what is in memory may be lost at any time.
 */
export interface Identity extends Authentication {
  /** Every right of the hub with what it allows. */
  readonly rights: KnownRights;
  readonly clock: Clock;
  /**
   * Runs a change of operators, sessions or tokens in one transaction; after its commit it counts on this hub at once.
   * @example identity.change((tx) => addOperator(tx, caller, operator, identity.rights))
   */
  change<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Hashes a new password for the use cases. @throws HubError VALIDATION (8 to 128 characters), BUSY. */
  hashPassword(password: string, path?: string): Promise<HashedPassword>;
  /** Hashes what another system kept of a password, upper-case MD5; its owner's first login replaces it. @throws HubError VALIDATION, BUSY. */
  hashImported(md5: string, path?: string): Promise<HashedPassword>;
  /** Checks login and password and opens a console session. @throws what authenticateBasic throws. */
  openSession(login: string, password: string, origin: Origin): Promise<OpenedSession>;
  /**
   * The caller's new password, after proving the old one; ends the caller's sessions but `keptSession`.
   * @throws HubError FORBIDDEN (the old one is wrong), VALIDATION, TOO_MANY_REQUESTS, BUSY, CONFLICT (changed meanwhile).
   */
  changeOwnPassword(caller: Caller, oldPassword: string, newPassword: string, keptSession?: number): Promise<void>;
  /** Makes `admin` when there is no operator. @returns login and password, to be shown once. */
  ensureAdministrator(): Promise<{ readonly login: string; readonly password: string } | undefined>;
  start(): void;
  stop(): Promise<void>;
}

export interface IdentityOptions {
  readonly database: Database;
  /** Rights of the modules; identity adds its own. */
  readonly knownRights: KnownRights;
  /** Hours that a session lives after its last use. (Default: 12) */
  readonly sessionHours?: number;
  /** Days that the audit is kept. (Default: 1100) */
  readonly auditDays?: number;
  readonly clock?: Clock;
  /** For tests: how argon2id is computed and how a throttled login waits. */
  readonly line?: PasswordLine;
  readonly sleep?: ThrottleOptions['sleep'];
}

const notes = notesOf('identity');
const SWEEP_EVERY = 3_600_000;
/** Days that an ended token stays listed. */
const TOKEN_DAYS = 90;

export function createIdentity(options: IdentityOptions): Identity {
  const { database, sessionHours = 12, auditDays = 1_100, clock = SYSTEM_CLOCK, line = createPasswordLine() } = options;
  const sessionLife = Math.round(sessionHours * 3_600_000);
  const directory = createDirectory({ database, clock });
  const throttle = createThrottle({ clock, ...(options.sleep && { sleep: options.sleep }) });
  const verified = createVerifiedPasswords(clock);
  const { authentication, proofs } = createAuthentication({ database, directory, line, verified, throttle, clock, sessionLife });
  let sweeper: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;

  const change: Identity['change'] = async (body) => {
    try {
      return await database.transaction(body);
    } finally {
      // Also after a failure: a commit whose answer was lost may have happened.
      directory.forget();
    }
  };

  const hashPassword: Identity['hashPassword'] = async (password, path) => line.hash(checkNewPassword(password, path));

  const hashImported: Identity['hashImported'] = async (md5, path) => line.hash(checkMd5(md5, path), 'md5');

  const sweep = async (): Promise<void> => {
    const now = clock.instant();
    await deleteExpiredSessions(database.work, now);
    await deleteOldTokens(database.work, now.subtract({ hours: TOKEN_DAYS * 24 }));
    const gone = await expireAudit(database.work, auditDays);
    if (gone > 0) notes.info('old rows of the audit were removed', { rows: gone, olderThanDays: auditDays });
  };

  const sweepAside = (): void => {
    sweeping ??= sweep()
      .catch((error: unknown) => notes.warn('sweeping sessions, tokens and audit failed; the next try is in an hour', {}, error))
      .finally(() => {
        sweeping = undefined;
      });
  };

  return {
    ...authentication,
    rights: { ...IDENTITY_RIGHTS, ...options.knownRights },
    clock,
    change,
    hashPassword,
    hashImported,

    async openSession(login, password, origin) {
      const { principal, version } = await proofs.provePassword(login, password, origin.address);
      const now = clock.instant();
      const expiresAt = now.add({ milliseconds: sessionLife });
      const { cookie, sessionId } = await database.transaction((tx) => openSession(tx, principal, version, origin, now, expiresAt));
      return { cookie, expiresAt, principal: { ...principal, by: 'session', credentialId: sessionId } };
    },

    async changeOwnPassword(caller, oldPassword, newPassword, keptSession = 0) {
      const prepared = checkNewPassword(newPassword, '/newPassword');
      const { version } = await proofs.provePassword(caller.login, oldPassword, caller.address ?? 'local').catch((error: unknown) => {
        // The login itself is in order, so this is no 401: a browser would ask for it again.
        if (error instanceof HubError && error.code === 'UNAUTHORIZED') throw new HubError('FORBIDDEN', 'the old password is wrong');
        throw error;
      });
      const hash = await line.hash(prepared);
      await change((tx) => replaceOwnPassword(tx, caller, version, hash, keptSession));
    },

    ensureAdministrator: () => change((tx) => ensureAdministrator(tx, hashPassword)),

    start() {
      directory.start();
      sweeper = setInterval(sweepAside, SWEEP_EVERY);
      sweeper.unref();
      sweepAside();
    },

    async stop() {
      clearInterval(sweeper);
      directory.stop();
      await Promise.all([proofs.settled(), sweeping]);
    },
  };
}

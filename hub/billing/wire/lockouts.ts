import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import type { Authentication } from '../../core/identity/principal.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { Protocol } from '../act.ts';
import { publishLockout } from '../publish-lockout.ts';

type Logins = Pick<Authentication, 'authenticateBasic'>;

/**
 * Hears of logins that are refused after wrong passwords, and tells of each name and address once while the refusal lasts (spec 2.13). A login that succeeds
 * waits for nothing; strangers who try many names are told of up to a number a minute.
 */
export interface Lockouts {
  /** The same logins, as a face of this protocol calls them. */
  hear(protocol: Protocol, authentication: Logins): Logins;
}

const notes = notesOf('billing.logins');
const MOST_TOLD = 1_000;
const MOST_A_MINUTE = 30;
const MINUTE = 60_000;

/** @param clock milliseconds, for tests */
export function createLockouts(database: Pick<Database, 'transaction'>, clock: () => number = () => performance.now()): Lockouts {
  /** Until when a name at an address is refused, as far as it was told. */
  const told = new Map<string, number>();
  let minute = { began: Number.NEGATIVE_INFINITY, count: 0 };

  const isNews = (login: string, address: string, until: number): boolean => {
    const now = clock();
    const key = `${login}\0${address}`;
    if ((told.get(key) ?? now) > now) return false;
    if (now - minute.began >= MINUTE) minute = { began: now, count: 0 };
    if (minute.count >= MOST_A_MINUTE) return false;
    minute.count += 1;
    if (told.size >= MOST_TOLD) told.clear();
    told.set(key, until);
    return true;
  };

  return {
    hear: (protocol, authentication) => ({
      authenticateBasic(login, password, address) {
        const principal = authentication.authenticateBasic(login, password, address);
        principal.catch((error: unknown) => {
          if (!(error instanceof HubError) || error.code !== 'TOO_MANY_REQUESTS') return;
          if (!isNews(login, address, clock() + (error.retryAfter ?? 0) * 1_000)) return;
          database
            .transaction((tx) => publishLockout(tx, { login, address, protocol }))
            .catch((failure: unknown) => notes.warn('a refused login was not told', { login, address }, failure));
        });
        return principal;
      },
    }),
  };
}
